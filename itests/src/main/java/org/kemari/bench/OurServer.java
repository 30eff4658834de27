package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Our machine with a Linux guest, on a network of its own, and a container that stands by for it; protection is switched
 * on and off as a user does it, by a configuration file. Needs root.
 */
final class OurServer implements ServerGuest {
    private static final String VM = "guest";
    private static final long LOOK_MILLIS = 100;

    private final GuestNetwork network;
    private final Path folder;
    private final int port;
    private final int backupPort;
    private final List<LiveProcess> processes = new ArrayList<>();
    private LiveProcess machine;

    private OurServer(GuestNetwork network, Path folder, int port, int backupPort) {
        this.network = network;
        this.folder = folder;
        this.port = port;
        this.backupPort = backupPort;
    }

    /**
     * Starts it and waits until the guest is ready.
     *
     * @param port TCP port of the guest that its clients ask
     * @param guest what it does
     * @param standby whether there is a container that stands by, so that it can be protected
     */
    static OurServer start(Bench bench, int port, GuestProgram guest, boolean standby)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kemari-bench-server");
        OurServer server = new OurServer(GuestNetwork.open(), folder, port, PauseBenchmark.freePort());
        boolean ready = false;
        try {
            Files.createDirectories(server.etc());
            List<String> verb = new ArrayList<>(List.of("run"));
            if (standby) {
                server.add(bench, guest, 1, List.of("backup", "--listen", "127.0.0.1:" + server.backupPort));
                // Not without need: looking at a folder and writing a file four times a second keep an idle one busy.
                verb.addAll(List.of(
                        "--etc",
                        server.etc().toString(),
                        "--status",
                        server.status().toString()));
            }
            server.machine = server.add(bench, guest, 0, verb);
            server.machine.await(guest.readyLine(), READY_LIMIT);
            ready = true;
            return server;
        } finally {
            if (!ready) {
                server.close();
            }
        }
    }

    private LiveProcess add(Bench bench, GuestProgram guest, int place, List<String> verb)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(verb);
        arguments.addAll(LinuxGuest.ourOptions(LinuxGuest.folder(), guest.append(GuestNetwork.GUEST_ADDRESS)));
        arguments.addAll(
                List.of("--name", VM, "--arbiter", folder.resolve("terms").toString()));
        arguments.addAll(network.options(place));
        arguments.addAll(List.of(
                "--disk",
                guest.writeDisk(bench, folder.resolve(verb.get(0) + ".img")).toString()));
        LiveProcess process = LiveProcess.start(network.forContainer(bench.launcher(arguments)));
        processes.add(process);
        return process;
    }

    @Override
    public LiveProcess process() {
        return machine;
    }

    @Override
    public LiveProcess client() throws IOException {
        LiveProcess client =
                LiveProcess.start(network.forClient(ServerGuest.clientCommand(GuestNetwork.GUEST_ADDRESS, port)));
        processes.add(client);
        return client;
    }

    /** Switches protection on and waits until it holds. */
    void protect() throws IOException, InterruptedException {
        Path part = folder.resolve("ft.part");
        Files.writeString(
                part,
                "vm=" + VM + "\nrole=primary\nmode=event\npeer=127.0.0.1:" + backupPort
                        + "\narbiter=file\narbiter.location=" + folder.resolve("terms") + "\n");
        Files.move(part, protection(), StandardCopyOption.ATOMIC_MOVE);
        awaitProtection("PROTECTED");
    }

    /** Switches protection off and waits until it is gone. */
    void unprotect() throws IOException, InterruptedException {
        Files.delete(protection());
        awaitProtection("");
    }

    private void awaitProtection(String wanted) throws IOException, InterruptedException {
        long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
        String state = "";
        do {
            machine.checkAlive("");
            if (System.nanoTime() - end > 0) {
                throw new IOException("protection is '" + state + "' and not '" + wanted + "' after "
                        + ANSWER_LIMIT.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            JsonObject protection = readStatus().getObject("protection");
            state = protection == null ? "" : protection.getString("state", "");
        } while (!state.equals(wanted));
    }

    private JsonObject readStatus() throws IOException {
        try {
            return Files.exists(status()) ? JsonParser.object().from(Files.readString(status())) : new JsonObject();
        } catch (JsonParserException e) {
            throw new IOException("the status is no JSON", e);
        }
    }

    private Path etc() {
        return folder.resolve("etc");
    }

    private Path status() {
        return folder.resolve("status.json");
    }

    private Path protection() {
        return etc().resolve("org.kemari.ft-" + VM + ".cfg");
    }

    @Override
    public void close() throws IOException {
        processes.forEach(LiveProcess::close);
        network.close();
        TapBenchmark.delete(folder);
    }
}
