package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Redis in the Linux guest, asked from the host by ten connections of the same client program: through the peer's user
 * networking, and through our virtual network with a kernel's vxlan device at its end, which needs root. Each guest has a
 * disk, to which Redis writes before it answers.
 */
final class RedisBenchmark implements Benchmark {
    /** Not demanded of an interpreter; it is what a translator has to reach. */
    private static final double LIMIT = 0.7;

    private static final double PROTECTED_LIMIT = 0.5;
    private static final long DISK_BYTES = 64 << 20;
    private static final int REQUESTS = 3000;
    private static final Duration PEER_LIMIT = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String about() {
        return "Redis from the host, 10 connections: unprotected and protected, and against the peer (needs root)";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            bench.say("  left out: a client on the host needs root");
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        List<Double> ratios = new ArrayList<>();
        double[] kept = new double[bench.runs];
        double[] ours = new double[bench.runs];
        double[] guarded = new double[bench.runs];
        for (int i = 0; i < bench.runs; i++) {
            JsonObject report = DemoRun.of(
                            bench,
                            List.of("--guest", "linux", "--client", "host", "--kill", "none", "--seconds", "2"),
                            List.of("--benchmark-requests", Integer.toString(REQUESTS), "--seed", "1"))
                    .report();
            ours[i] = report.getDouble("requestsPerSecondUnprotected");
            guarded[i] = report.getDouble("requestsPerSecondProtected");
            kept[i] = guarded[i] / ours[i];
            if (bench.qemu().isPresent()) {
                ratios.add(ours[i] / peersRequestsPerSecond(bench));
            }
            bench.say(String.format(Locale.ROOT, "  run %d: %.0f/s, protected %.0f/s", i + 1, ours[i], guarded[i]));
        }
        String rates = String.format(
                Locale.ROOT, "%.0f/s, protected %.0f/s", new Sample(ours).median(), new Sample(guarded).median());
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.ofRatio(
                "Redis from the host, protected ÷ unprotected", new Sample(kept), PROTECTED_LIMIT, true, rates));
        if (!ratios.isEmpty()) {
            figures.add(Figure.ofRatio(
                    "Redis from the host, requests/s ÷ QEMU TCG", Sample.of(ratios), LIMIT, true, rates));
        }
        return figures;
    }

    private static double peersRequestsPerSecond(Bench bench) throws IOException, InterruptedException {
        Path disk = Files.createTempFile("kemari-bench", ".img");
        int port = PauseBenchmark.freePort();
        try {
            try (RandomAccessFile sparse = new RandomAccessFile(disk.toFile(), "rw")) {
                sparse.setLength(DISK_BYTES);
            }
            List<String> peer = LinuxGuest.peerCommand(
                    bench.qemu().orElseThrow(),
                    LinuxGuest.folder(),
                    "console=ttyS0 quiet kemari.ip=10.0.2.15/24 kemari.redis=yes",
                    List.of(
                            "-netdev",
                            "user,id=n0,hostfwd=tcp:127.0.0.1:" + port + "-10.0.2.15:6379",
                            "-device",
                            "virtio-net-device,netdev=n0",
                            "-drive",
                            "file=" + disk + ",format=raw,if=none,id=d0",
                            "-device",
                            "virtio-blk-device,drive=d0"));
            try (LiveProcess qemu = LiveProcess.start(peer)) {
                qemu.await("GUEST-READY", PEER_LIMIT);
                return measure(bench, port);
            }
        } finally {
            Files.deleteIfExists(disk);
        }
    }

    /** By the program that the demo's client on the host is. */
    private static double measure(Bench bench, int port) throws IOException, InterruptedException {
        List<String> count = List.of(
                bench.root.resolve("kemari").toString(),
                "count",
                "--protocol",
                "redis",
                "--server",
                "127.0.0.1:" + port,
                "--requests",
                Integer.toString(REQUESTS));
        try (LiveProcess client = LiveProcess.start(count)) {
            client.await("CLIENT-READY", PEER_LIMIT);
            client.type("MEASURE");
            return Double.parseDouble(client.await("^([0-9]+\\.[0-9])$", PEER_LIMIT));
        }
    }
}
