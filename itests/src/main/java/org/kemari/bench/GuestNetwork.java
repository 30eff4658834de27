package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Two hosts in one: containers in one network namespace, their client in another, joined by a wire; behind the client's
 * end of it the kernel's {@code vxlan} device (RFC 7348) is one more part of the containers' virtual network.
 *
 *     primary's part .1 ─┐ containers               client
 *     backup's part  .2 ─┴─ near ══════ veth ══════ far ─ br0 .3 ─ vx0 ─ the client, 10.77.0.3
 */
final class GuestNetwork implements AutoCloseable {
    static final String GUEST_ADDRESS = "10.77.0.2";

    private static final String CLIENT_ADDRESS = "10.77.0.3/24";
    private static final String NAME = "lan0";
    private static final String MAC = "52:54:00:77:00:02";
    private static final String VNI = "7";
    /** RFC 7348 §5: the port that IANA assigned. */
    private static final String PORT = "4789";

    private static final String SUBNET = "10.78.0.";
    /** What VXLAN over IPv4 adds to a guest's 1,500 bytes is 50. */
    private static final String OUTER_MTU = "1600";

    private final Namespace containers;
    private final Namespace client;

    private GuestNetwork(Namespace containers, Namespace client) {
        this.containers = containers;
        this.client = client;
    }

    /** Says so if not: namespaces need root. */
    static boolean available(Bench bench) throws IOException {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        if (!root) {
            bench.say("  left out: a client on the host needs root");
        }
        return root;
    }

    static GuestNetwork open() throws IOException, InterruptedException {
        Namespace containers = Namespace.open();
        Namespace client = null;
        boolean whole = false;
        try {
            client = Namespace.open();
            join(containers, client);
            whole = true;
            return new GuestNetwork(containers, client);
        } finally {
            if (!whole) {
                containers.close();
                if (client != null) {
                    client.close();
                }
            }
        }
    }

    private static void join(Namespace containers, Namespace client) throws IOException, InterruptedException {
        containers.run(
                "ip",
                "link",
                "add",
                "near",
                "mtu",
                OUTER_MTU,
                "type",
                "veth",
                "peer",
                "name",
                "far",
                "netns",
                client.pid());
        containers.run("ip", "addr", "add", address(0) + "/29", "dev", "near");
        containers.run("ip", "addr", "add", address(1) + "/29", "dev", "near");
        containers.run("ip", "link", "set", "near", "up");
        // The bridge is there for its lack of a feature: veth claims to compute the checksums of the packets inside
        // VXLAN, never does, as no wire is there, and a container, being a program, would see wrong ones.
        client.run("ip", "link", "add", "br0", "type", "bridge");
        client.run("ip", "link", "set", "far", "mtu", OUTER_MTU, "master", "br0", "up");
        client.run("ip", "addr", "add", address(2) + "/29", "dev", "br0");
        client.run("ip", "link", "set", "br0", "mtu", OUTER_MTU, "up");
        client.run(
                "ip",
                "link",
                "add",
                "vx0",
                "mtu",
                "1500",
                "type",
                "vxlan",
                "id",
                VNI,
                "local",
                address(2),
                "dstport",
                PORT);
        client.run("ip", "addr", "add", CLIENT_ADDRESS, "dev", "vx0");
        client.run("ip", "link", "set", "vx0", "up");
        // Whose part has an address is learnt; what is unknown, or for all, goes to both.
        client.run("bridge", "fdb", "append", "00:00:00:00:00:00", "dev", "vx0", "dst", address(0));
        client.run("bridge", "fdb", "append", "00:00:00:00:00:00", "dev", "vx0", "dst", address(1));
    }

    private static String address(int place) {
        return SUBNET + (place + 1);
    }

    /** The command where the containers are. */
    List<String> forContainer(List<String> command) {
        return containers.within(command);
    }

    /** The command where the client is. */
    List<String> forClient(List<String> command) {
        return client.within(command);
    }

    /** What {@code kemari} is told of the network: as the primary's container, 0, or the backup's, 1. */
    List<String> options(int place) {
        StringBuilder network = new StringBuilder(NAME + ",vni=" + VNI);
        for (int part = 0; part < 3; part++) {
            network.append(part == place ? ",listen=" : ",peer=")
                    .append(address(part))
                    .append(':')
                    .append(PORT);
        }
        return List.of("--nic", NAME + ",mac=" + MAC, "--network", network.toString());
    }

    @Override
    public void close() {
        client.close();
        containers.close();
    }
}
