package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The same guest on the peer's machine, behind the peer's user networking, which forwards a port of loopback to it. */
final class PeerServer implements ServerGuest {
    /** The first that the peer gives away on its network 10.0.2.0/24. */
    private static final String GUEST_ADDRESS = "10.0.2.15";

    private final LiveProcess machine;
    private final List<LiveProcess> clients = new ArrayList<>();
    private final Path folder;
    private final int port;

    private PeerServer(LiveProcess machine, Path folder, int port) {
        this.machine = machine;
        this.folder = folder;
        this.port = port;
    }

    /** As {@link OurServer#start}. */
    static PeerServer start(Bench bench, int port, GuestProgram guest) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kemari-bench-peer");
        int forwarded = PauseBenchmark.freePort();
        List<String> devices = new ArrayList<>(List.of(
                "-netdev",
                "user,id=n0,hostfwd=tcp:127.0.0.1:" + forwarded + "-" + GUEST_ADDRESS + ":" + port,
                "-device",
                "virtio-net-device,netdev=n0"));
        devices.addAll(LinuxGuest.peerDisk(guest.writeDisk(bench, folder.resolve("disk.img")), false));
        PeerServer server = new PeerServer(
                LiveProcess.start(LinuxGuest.peerCommand(
                        bench.qemu().orElseThrow(), LinuxGuest.folder(), guest.append(GUEST_ADDRESS), devices)),
                folder,
                forwarded);
        boolean ready = false;
        try {
            server.machine.await(guest.readyLine(), READY_LIMIT);
            ready = true;
            return server;
        } finally {
            if (!ready) {
                server.close();
            }
        }
    }

    @Override
    public LiveProcess process() {
        return machine;
    }

    @Override
    public LiveProcess client() throws IOException {
        LiveProcess client = LiveProcess.start(ServerGuest.clientCommand("127.0.0.1", port));
        clients.add(client);
        return client;
    }

    @Override
    public void close() throws IOException {
        clients.forEach(LiveProcess::close);
        machine.close();
        TapBenchmark.delete(folder);
    }
}
