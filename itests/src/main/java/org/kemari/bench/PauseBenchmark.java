package org.kemari.bench;

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
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Checkpoint pause against dirty pages: a bare-metal guest writes to so many pages over and over, and is protected. */
final class PauseBenchmark implements Benchmark {
    private static final double LIMIT_MILLIS_PER_1000_PAGES = 3;
    private static final List<Integer> PAGES = List.of(250, 1000, 4000, 16000);
    /** Every page is dirty in each of them; the median of fewer would be that of cold code. */
    private static final long EPOCHS = 60;

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long LOOK_MILLIS = 100;

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public String about() {
        return "checkpoint pause of a guest that dirties 250 to 16,000 pages an epoch";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        for (int pages : PAGES) {
            double[] perThousand = new double[bench.runs];
            double[] millis = new double[bench.runs];
            for (int i = 0; i < bench.runs; i++) {
                JsonObject protection = measure(bench, pages);
                millis[i] = protection.getDouble("pauseMicrosP50") / 1e3;
                perThousand[i] = millis[i] * 1e3 / Math.max(1, protection.getDouble("dirtyPagesP50"));
            }
            Sample sample = new Sample(perThousand);
            bench.say("  " + pages + " pages: " + sample.text("ms per 1,000"));
            figures.add(Figure.ofRatio(
                    String.format(Locale.ROOT, "pause p50 at %,d dirty pages, ms per 1,000", pages),
                    sample,
                    LIMIT_MILLIS_PER_1000_PAGES,
                    false,
                    String.format(Locale.ROOT, "pause %.2f ms", new Sample(millis).median())));
        }
        return figures;
    }

    private static JsonObject measure(Bench bench, int pages) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kemari-bench-pause");
        String peer = "127.0.0.1:" + freePort();
        Path status = folder.resolve("primary.json");
        List<String> vm = List.of(
                "--name",
                "pause",
                "--kernel",
                bench.program("tiny.elf").toString(),
                "--firmware",
                "none",
                "--append",
                "tiny.dirty=" + pages,
                "--memory",
                "128M",
                "--arbiter",
                folder.resolve("terms").toString());
        try (LiveProcess backup = LiveProcess.start(command(bench, vm, "backup", "--listen", peer))) {
            try (LiveProcess primary =
                    LiveProcess.start(command(bench, vm, "run", "--protect", peer, "--status", status.toString()))) {
                return awaitEpochs(primary, backup, status);
            }
        } finally {
            TapBenchmark.delete(folder);
        }
    }

    private static List<String> command(Bench bench, List<String> vm, String... verb) {
        List<String> arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(vm);
        return bench.launcher(arguments);
    }

    private static JsonObject awaitEpochs(LiveProcess primary, LiveProcess backup, Path status)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        JsonObject protection = new JsonObject();
        while (protection.getLong("epochs", 0) < EPOCHS) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("no " + EPOCHS + " epochs within " + LIMIT.toSeconds() + " s: " + protection);
            }
            primary.checkAlive("");
            backup.checkAlive("");
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            protection = protection(status);
        }
        return protection;
    }

    private static JsonObject protection(Path status) throws IOException {
        try {
            JsonObject none = new JsonObject();
            return Files.exists(status)
                    ? JsonParser.object().from(Files.readString(status)).getObject("protection", none)
                    : none;
        } catch (JsonParserException e) {
            throw new IOException("the status is no JSON", e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
