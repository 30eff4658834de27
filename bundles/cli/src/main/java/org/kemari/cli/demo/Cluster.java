package org.kemari.cli.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kemari.cli.options.HostPort;
import org.kemari.cli.run.ProtectionSettings;

/**
 * The demo's containers: a backup, a primary and, unless the client is elsewhere, a client guest, joined by one virtual
 * network whose parts all know each other. Closing it kills what still runs.
 */
final class Cluster implements AutoCloseable {
    static final String VM = "guest";
    static final int VNI = 7;
    private static final String HOST = "127.0.0.1";
    private static final String NETWORK = "lan0";
    private static final long HOST_CLIENT_MEBIBYTES = 32;
    private static final String SERVER_MAC = "52:54:00:77:00:02";
    private static final String CLIENT_MAC = "52:54:00:77:00:03";

    private final Launcher launcher;
    private final GuestKit kit;
    private final Path folder;
    private final int backupPort = FreePorts.tcp();
    private final Optional<HostNetwork> hostNetwork;
    /** Where the parts of the network listen: the primary's, the backup's and the client's, in this order. */
    private final List<HostPort> networkParts;

    private final Thread hook = new Thread(this::killAll, "kemari-demo-children");
    private final List<ChildProcess> children = new ArrayList<>();
    private Optional<ChildProcess> backup = Optional.empty();
    private Optional<ChildProcess> primary = Optional.empty();

    Cluster(Launcher launcher, GuestKit kit, ClientPlace client, Path folder) throws IOException {
        this.hostNetwork = client == ClientPlace.HOST ? Optional.of(new HostNetwork()) : Optional.empty();
        this.networkParts = hostNetwork.isPresent()
                ? Stream.of(0, 1, 2).map(hostNetwork.get()::part).toList()
                : FreePorts.udp(3).stream()
                        .map(port -> new HostPort(HOST, port))
                        .toList();
        this.launcher = launcher;
        this.kit = kit;
        this.folder = folder;
        Files.createDirectories(etc());
        Files.createDirectories(arbiter());
        Runtime.getRuntime().addShutdownHook(hook);
    }

    void startServers() throws IOException {
        List<String> standby = new ArrayList<>(List.of("backup", "--listen", HOST + ":" + backupPort));
        standby.addAll(serverOptions("backup", 1));
        backup = Optional.of(start("backup", standby, kit.serverMebibytes()));
        List<String> run = new ArrayList<>(List.of("run", "--etc", etc().toString()));
        run.addAll(serverOptions("primary", 0));
        primary = Optional.of(start("primary", run, kit.serverMebibytes()));
    }

    ChildProcess startClient() throws IOException {
        List<String> run = new ArrayList<>(List.of("run", "--name", "client"));
        run.addAll(kit.clientOptions());
        run.addAll(common("client", 2, kit.clientMebibytes(), CLIENT_MAC));
        return start("client", run, kit.clientMebibytes());
    }

    /** A client on this host, in a network namespace where there is nothing yet. It comes before the servers. */
    ChildProcess startHostClient() throws IOException {
        List<String> count = new ArrayList<>(List.of("count", "--parent-pid", ownPid()));
        count.addAll(kit.hostClientOptions());
        return add("client", HostNetwork.inNamespace(launcher.command(count, HOST_CLIENT_MEBIBYTES)));
    }

    /** Joins that client to the network, on which the servers may then listen. */
    void joinHostClient(ChildProcess client) throws DemoException, InterruptedException {
        hostNetwork.orElseThrow().join(client.pid());
    }

    private List<String> serverOptions(String child, int place) throws IOException {
        List<String> options =
                new ArrayList<>(List.of("--name", VM, "--arbiter", arbiter().toString()));
        options.addAll(kit.serverOptions());
        options.addAll(common(child, place, kit.serverMebibytes(), SERVER_MAC));
        if (kit.diskBytes().isPresent()) {
            Path image = folder.resolve(child + ".img");
            try (RandomAccessFile sparse = new RandomAccessFile(image.toFile(), "rw")) {
                sparse.setLength(kit.diskBytes().getAsLong());
            }
            options.addAll(List.of("--disk", image.toString()));
        }
        return options;
    }

    private List<String> common(String child, int place, long mebibytes, String mac) {
        StringBuilder network = new StringBuilder(NETWORK + ",vni=" + VNI);
        for (int i = 0; i < networkParts.size(); i++) {
            network.append(i == place ? ",listen=" : ",peer=").append(networkParts.get(i));
        }
        return List.of(
                "--memory",
                mebibytes + "M",
                "--nic",
                NETWORK + ",mac=" + mac,
                "--network",
                network.toString(),
                "--status",
                ChildProcess.statusFile(folder, child).toString(),
                "--parent-pid",
                ownPid());
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private ChildProcess start(String name, List<String> verb, long mebibytes) throws IOException {
        return add(name, launcher.command(verb, mebibytes));
    }

    private synchronized ChildProcess add(String name, List<String> command) throws IOException {
        ChildProcess child = new ChildProcess(name, command, folder);
        children.add(child);
        return child;
    }

    ChildProcess primary() {
        return primary.orElseThrow();
    }

    ChildProcess backup() {
        return backup.orElseThrow();
    }

    /** The road that a user takes: a configuration file is dropped into the primary's folder. */
    void protect() throws IOException {
        ProtectionSettings settings = new ProtectionSettings(true, new HostPort(HOST, backupPort), arbiter());
        Path part = folder.resolve("org.kemari.ft-guest.cfg.part");
        Files.writeString(part, settings.file(VM));
        Files.move(part, etc().resolve("org.kemari.ft-guest.cfg"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path etc() {
        return folder.resolve("etc");
    }

    private Path arbiter() {
        return folder.resolve("arbiter");
    }

    private synchronized void killAll() {
        children.forEach(ChildProcess::kill);
        children.forEach(ChildProcess::close);
    }

    @Override
    public void close() {
        killAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Shutting down: the hook does the same once more.
        }
    }
}
