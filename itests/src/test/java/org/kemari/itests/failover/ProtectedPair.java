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
    private final List<Container> containers = new ArrayList<>();
    private int backups;

    ProtectedPair(Path folder) {
        this.folder = folder;
    }

    /** A port on loopback that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Container startPrimary(int peerPort) {
        return start("primary", "run", "--protect", "127.0.0.1:" + peerPort);
    }

    Container startBackup(int listenPort) {
        return start("backup" + ++backups, "backup", "--listen", "127.0.0.1:" + listenPort);
    }

    private Container start(String name, String verb, String option, String address) {
        Container container = Container.start(
                name,
                HEAP,
                verb,
                option,
                address,
                "--name",
                "guest",
                "--kernel",
                TinyGuest.elf().toString(),
                "--firmware",
                "none",
                "--memory",
                "32M",
                "--append",
                "tiny.role=server tiny.ip=10.77.0.2",
                "--nic",
                "lan",
                "--network",
                "lan,vni=7",
                "--console",
                "none",
                "--arbiter",
                folder.resolve("terms").toString(),
                "--status",
                statusFile(name).toString());
        containers.add(container);
        return container;
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

    String machineState(String name) throws IOException {
        JsonObject machine = status(name).getObject("machine");
        return machine == null ? "" : machine.getString("state", "");
    }

    long instructions(String name) throws IOException {
        JsonObject machine = status(name).getObject("machine");
        return machine == null ? 0 : machine.getLong("instructions");
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
