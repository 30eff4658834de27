package org.kemari.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kemari.cli.CliException;
import org.kemari.cli.ExitStatus;
import org.kemari.cli.options.HostPort;

/**
 * Joins a process of this host to the demo's virtual network as another host would be: it has a network namespace of its
 * own, in which the kernel's {@code vxlan} device (RFC 7348) is one part of the network.
 *
 *     primary's part  .1:4789 ─┐  this host's                        the client's namespace
 *     backup's part   .2:4789 ─┴─ kemariPID ══════ veth ══════ far ─ br0 .3:4789 ─ vx0 ─ the client
 *
 * The namespace has no name: it lasts as long as the client's process, and its end takes all devices along, both ends of
 * the veth pair. So nothing stays behind, even if the demo itself is killed.
 */
final class HostNetwork {
    static final String CLIENT_ADDRESS = "10.77.0.3/24";

    /** RFC 7348 §5: the port that IANA assigned. All parts use it, as the kernel learns addresses only, not ports. */
    private static final int PORT = 4789;
    /** What VXLAN over IPv4 adds to a guest's 1,500 bytes is 50. */
    private static final String OUTER_MTU = "1600";

    private static final String INNER_MTU = "1500";
    private static final String EVERY_UNKNOWN = "00:00:00:00:00:00";
    private static final long TOOL_SECONDS = 10;
    /** The third byte of 169.254/16 (RFC 3927); 169 is where clouds have their metadata service. */
    private static final int LAST_SUBNET = 168;

    private static final List<String> TOOLS = List.of("ip", "bridge", "unshare", "nsenter");

    private final String device = "kemari" + ProcessHandle.current().pid();
    private final String subnet;

    HostNetwork() throws IOException {
        this.subnet = freeSubnet();
    }

    /** Throws, saying what is missing, if this host cannot do it. */
    static void check() throws CliException {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new CliException(
                    ExitStatus.USAGE, "--client=host needs Linux's vxlan and network namespaces; use --client=guest");
        }
        for (String tool : TOOLS) {
            if (!onPath(tool)) {
                throw new CliException(
                        ExitStatus.USAGE,
                        "--client=host needs the command " + tool
                                + "; install it: Debian: apt-get install iproute2 util-linux; Fedora: dnf install iproute"
                                + " util-linux; or use --client=guest");
            }
        }
        if (!isRoot()) {
            throw new CliException(
                    ExitStatus.USAGE,
                    "--client=host needs root, to make a network namespace and a vxlan device; use sudo, or"
                            + " --client=guest");
        }
    }

    private static boolean onPath(String tool) {
        return Stream.of(String.valueOf(System.getenv("PATH")).split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false; // Without /proc there is no namespace to enter, either.
        }
    }

    /** A link-local subnet that no device of this host has. */
    private static String freeSubnet() throws SocketException {
        Set<String> taken = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .map(InetAddress::getHostAddress)
                .collect(Collectors.toSet());
        int first = (int) (ProcessHandle.current().pid() % LAST_SUBNET);
        for (int i = 0; i < LAST_SUBNET; i++) {
            String subnet = "169.254." + ((first + i) % LAST_SUBNET + 1) + ".";
            if (taken.stream().noneMatch(address -> address.startsWith(subnet))) {
                return subnet;
            }
        }
        throw new SocketException("no subnet of 169.254.0.0/16 is free on this host");
    }

    /** Where the primary's part (0), the backup's (1) and the client's (2) listen. */
    HostPort part(int place) {
        return new HostPort(address(place), PORT);
    }

    private String address(int place) {
        return subnet + (place + 1);
    }

    /** What makes a command start in a network namespace of its own, in the same process. */
    static List<String> inNamespace(List<String> command) {
        List<String> all = new ArrayList<>(List.of("unshare", "--net"));
        all.addAll(command);
        return all;
    }

    /** Joins the namespace of the process {@code pid}, which is in one of its own already. */
    void join(long pid) throws DemoException, InterruptedException {
        String process = Long.toString(pid);
        run("ip", "link", "add", device, "mtu", OUTER_MTU, "type", "veth", "peer", "name", "far", "netns", process);
        run("ip", "addr", "add", address(0) + "/29", "dev", device);
        run("ip", "addr", "add", address(1) + "/29", "dev", device);
        run("ip", "link", "set", device, "up");
        // The bridge is there for its lack of a feature: veth claims to compute the checksums of the packets inside
        // VXLAN, never does, as no wire is there, and our parts, being programs, would see wrong ones.
        within(process, "ip", "link", "add", "br0", "type", "bridge");
        within(process, "ip", "link", "set", "far", "mtu", OUTER_MTU, "master", "br0", "up");
        within(process, "ip", "addr", "add", address(2) + "/29", "dev", "br0");
        within(process, "ip", "link", "set", "br0", "mtu", OUTER_MTU, "up");
        addVxlan(process);
    }

    private void addVxlan(String process) throws DemoException, InterruptedException {
        String vni = Integer.toString(Cluster.VNI);
        String port = Integer.toString(PORT);
        within(
                process,
                "ip",
                "link",
                "add",
                "vx0",
                "mtu",
                INNER_MTU,
                "type",
                "vxlan",
                "id",
                vni,
                "local",
                address(2),
                "dstport",
                port);
        within(process, "ip", "addr", "add", CLIENT_ADDRESS, "dev", "vx0");
        within(process, "ip", "link", "set", "vx0", "up");
        // Whose part has an address is learnt; what is unknown, or for all, goes to both.
        within(process, "bridge", "fdb", "append", EVERY_UNKNOWN, "dev", "vx0", "dst", address(0));
        within(process, "bridge", "fdb", "append", EVERY_UNKNOWN, "dev", "vx0", "dst", address(1));
    }

    private static void within(String process, String... command) throws DemoException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("nsenter", "--target", process, "--net"));
        all.addAll(List.of(command));
        run(all.toArray(String[]::new));
    }

    private static void run(String... command) throws DemoException, InterruptedException {
        String said = said(command);
        if (!said.isEmpty()) {
            throw new DemoException("--client=host: '" + String.join(" ", command) + "' failed: " + said
                    + "; see that the kernel has veth, bridge and vxlan (modprobe vxlan), or use --client=guest");
        }
    }

    /** Empty if the command did its work; otherwise what it said. */
    private static String said(String... command) throws DemoException, InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            if (!process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no end within " + TOOL_SECONDS + " s";
            }
            return process.exitValue() == 0 ? "" : said.isEmpty() ? "status " + process.exitValue() : said;
        } catch (IOException e) {
            throw new DemoException("--client=host: '" + String.join(" ", command) + "' cannot be started", e);
        }
    }
}
