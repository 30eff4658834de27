package org.kemari.itests.failover;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kemari.itests.process.Container;

/** A tiny guest on a primary with a backup, each a process; one arbiter folder. Ends both when closed. */
final class ProtectedPair implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 20;
    private static final List<String> HEAP = List.of("-Xmx256m");

    private final Path folder;
    private final List<String> serverOptions;
    private final JoinedNetwork network = new JoinedNetwork("primary", "backup", "client");
    private final List<Container> containers = new ArrayList<>();
    private int backups;

    /** In a server option: {@code primary} or {@code backup}. */
    static final String SIDE = "{side}";

    /** @param serverOptions what the primary and the backup have beyond a network card; {@link #SIDE} tells them apart */
    ProtectedPair(Path folder, String... serverOptions) throws IOException {
        this.folder = folder;
        this.serverOptions = List.of(serverOptions);
    }

    /** A port on loopback that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Container startPrimary(int peerPort) {
        return startServer("primary", "primary", "run", "--protect", "127.0.0.1:" + peerPort);
    }

    /** A primary whose protection is a file in its {@code etc}, with {@code more} properties, each {@code name=value}. */
    Container startPrimary(int peerPort, String... more) throws IOException {
        Path etc = Files.createDirectory(folder.resolve("etc"));
        Files.writeString(
                etc.resolve("org.kemari.ft-guest.cfg"),
                "vm=guest\nrole=primary\nmode=event\npeer=127.0.0.1:" + peerPort + "\narbiter=file\narbiter.location="
                        + terms() + "\n" + String.join("\n", more) + "\n");
        return startServer("primary", "primary", "run", "--etc", etc.toString());
    }

    Container startBackup(int listenPort, String... more) {
        return startServer("backup" + ++backups, "backup", "backup", "--listen", "127.0.0.1:" + listenPort, more);
    }

    /** A guest that counts at the server: {@code INCR k0} at its console. */
    Container startClient() {
        List<String> line = tiny("run", "client", "tiny.role=client tiny.ip=10.77.0.3 tiny.server=10.77.0.2");
        line.addAll(List.of("--name", "client")); // a card's address comes from its VM's name
        return start("client", line);
    }

    private Container startServer(String name, String part, String verb, String option, String value, String... more) {
        List<String> line = tiny(verb, part, "tiny.role=server tiny.ip=10.77.0.2");
        line.addAll(List.of(option, value, "--name", "guest", "--console", "none"));
        line.addAll(List.of(
                "--arbiter", terms().toString(), "--status", statusFile(name).toString()));
        line.addAll(List.of(more));
        serverOptions.forEach(each -> line.add(each.replace(SIDE, part)));
        return start(name, line);
    }

    private List<String> tiny(String verb, String part, String arguments) {
        return new ArrayList<>(List.of(
                verb,
                "--kernel",
                TinyGuest.elf().toString(),
                "--firmware",
                "none",
                "--memory",
                "32M",
                "--append",
                arguments,
                "--nic",
                JoinedNetwork.NAME,
                "--network",
                network.option(part)));
    }

    private Container start(String name, List<String> line) {
        Container container = Container.start(name, HEAP, line.toArray(String[]::new));
        containers.add(container);
        return container;
    }

    private Path terms() {
        return folder.resolve("terms");
    }

    Path statusFile(String name) {
        return folder.resolve(name + ".status.json");
    }

    /** Waits until {@code name}'s protection is in {@code state}. */
    void awaitState(String name, String state) throws IOException {
        await(name + " to be " + state, name, () -> state.equals(protectionState(name)));
    }

    String protectionState(String name) throws IOException {
        JsonObject protection = status(name).getObject("protection");
        return protection == null ? "" : protection.getString("state", "");
    }

    String reason(String name) throws IOException {
        JsonObject protection = status(name).getObject("protection");
        return protection == null ? "" : protection.getString("reason", "");
    }

    String machineState(String name) throws IOException {
        JsonObject machine = status(name).getObject("machine");
        return machine == null ? "" : machine.getString("state", "");
    }

    long instructions(String name) throws IOException {
        JsonObject machine = status(name).getObject("machine");
        return machine == null ? 0 : machine.getLong("instructions");
    }

    /** The same, of a moment after this call. */
    long instructionsFromNowOn(String name) throws IOException {
        long asked = System.currentTimeMillis();
        await("a new status of " + name, name, () -> status(name).getLong("epochMillis") > asked);
        return instructions(name);
    }

    private JsonObject status(String name) throws IOException {
        Path file = statusFile(name);
        if (!Files.exists(file)) {
            return new JsonObject();
        }
        try {
            return JsonParser.object().from(Files.readString(file));
        } catch (JsonParserException e) {
            throw new IOException(file + " is no JSON", e);
        }
    }

    /** A condition that may fail to be looked at. */
    interface Condition {
        boolean holds() throws IOException;
    }

    void await(String what, String name, Condition condition) throws IOException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                StringBuilder said = new StringBuilder();
                for (Container container : containers) {
                    said.append("\n---\n").append(container.tail());
                }
                throw new AssertionError(
                        "waited " + LIMIT.toSeconds() + " s for " + what + "; status: " + status(name) + said);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + what, e);
            }
        }
    }

    @Override
    public void close() {
        containers.forEach(Container::close);
    }
}
