package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The demonstration with Linux: throughput under protection, pause, gap and memory. */
final class ProtectionBenchmark implements Benchmark {
    static final double GAP_LIMIT_MILLIS = 150;
    private static final double REDIS_LIMIT = 0.5;
    private static final double PAUSE_LIMIT_MILLIS_PER_1000_PAGES = 3;
    private static final int GUEST_MIB = 512;
    private static final double ALLOWANCE_MIB = 300;
    private static final double MIB = 1 << 20;

    @Override
    public String name() {
        return "protection";
    }

    @Override
    public String about() {
        return "Linux with Redis, its primary killed: protected and unprotected, pause, gap, memory of both sides";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        List<Double> redis = new ArrayList<>();
        List<Double> pause = new ArrayList<>();
        List<Double> gap = new ArrayList<>();
        List<Double> primaryMiB = new ArrayList<>();
        List<Double> backupMiB = new ArrayList<>();
        String rates = "";
        for (int seed = 1; seed <= bench.runs; seed++) {
            DemoRun demo = DemoRun.of(
                    bench,
                    List.of("--guest", "linux", "--kill", "primary", "--memory", GUEST_MIB + "M"),
                    List.of("--seed", Integer.toString(seed)));
            JsonObject report = demo.report();
            double unguarded = report.getDouble("requestsPerSecondUnprotected");
            double guarded = report.getDouble("requestsPerSecondProtected");
            redis.add(guarded / unguarded);
            rates = String.format("%.0f/s, protected %.0f/s", unguarded, guarded);
            pause.add(report.getDouble("pauseMicrosP50") / Math.max(1, report.getDouble("dirtyPagesP50")));
            gap.add(report.getDouble("gapMillis"));
            primaryMiB.add(peakMiB(demo.run().childPeaks(), " run ", "--name guest"));
            backupMiB.add(peakMiB(demo.run().childPeaks(), " backup ", "--name guest"));
            bench.say("  linux, seed " + seed + ": gap " + report.getDouble("gapMillis") + " ms, " + rates);
        }
        return List.of(
                Figure.ofRatio(
                        "Redis from a guest, protected ÷ unprotected", Sample.of(redis), REDIS_LIMIT, true, rates),
                Figure.ofRatio(
                        "pause p50 under Redis, ms per 1,000 dirty pages",
                        Sample.of(pause),
                        PAUSE_LIMIT_MILLIS_PER_1000_PAGES,
                        false,
                        ""),
                Figure.ofRatio("gap p50, ms, Linux", Sample.of(gap), GAP_LIMIT_MILLIS, false, gap.size() + " kills"),
                memory("primary's memory beyond guest RAM, MiB", primaryMiB, GUEST_MIB),
                memory("backup's memory beyond 2 × guest RAM, MiB", backupMiB, 2 * GUEST_MIB));
    }

    private static Figure memory(String name, List<Double> peaks, double granted) {
        return Figure.ofRatio(
                name,
                Sample.of(peaks.stream().map(peak -> peak - granted).toList()),
                ALLOWANCE_MIB,
                false,
                String.format(
                        "peak %.0f MiB, guest RAM %d MiB", Sample.of(peaks).median(), GUEST_MIB));
    }

    /** The largest peak among the processes whose command line holds all the words. */
    private static double peakMiB(Map<String, Long> peaks, String... words) throws IOException {
        return peaks.entrySet().stream()
                        .filter(entry -> List.of(words).stream().allMatch(entry.getKey()::contains))
                        .mapToLong(Map.Entry::getValue)
                        .max()
                        .orElseThrow(
                                () -> new IOException("no process with " + List.of(words) + " in its command line"))
                / MIB;
    }
}
