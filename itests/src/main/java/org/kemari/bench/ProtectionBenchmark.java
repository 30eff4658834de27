package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The demonstration, killed many times: throughput under protection, pause, gap and memory. */
final class FailoverBenchmark implements Benchmark {
    private static final double REDIS_LIMIT = 0.5;
    private static final double PAUSE_LIMIT_MILLIS_PER_1000_PAGES = 3;
    private static final double GAP_LIMIT_MILLIS = 150;
    private static final double GUEST_MIB = 512;
    private static final double ALLOWANCE_MIB = 300;
    private static final double MIB = 1 << 20;

    @Override
    public String name() {
        return "failover";
    }

    @Override
    public String about() {
        return "Redis protected and unprotected, checkpoint pause, gap over many kills, memory of both sides";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        List<Double> redis = new ArrayList<>();
        List<Double> pause = new ArrayList<>();
        List<Double> linuxGap = new ArrayList<>();
        List<Double> primaryMiB = new ArrayList<>();
        List<Double> backupMiB = new ArrayList<>();
        for (int seed = 1; seed <= bench.runs; seed++) {
            Outcome outcome = demo(bench, "linux", seed);
            JsonObject report = outcome.report;
            redis.add(
                    report.getDouble("requestsPerSecondProtected") / report.getDouble("requestsPerSecondUnprotected"));
            pause.add(report.getDouble("pauseMicrosP50") / Math.max(1, report.getDouble("dirtyPagesP50")));
            linuxGap.add(report.getDouble("gapMillis"));
            primaryMiB.add(peakMiB(outcome.run.childPeaks(), " run ", "--name guest"));
            backupMiB.add(peakMiB(outcome.run.childPeaks(), " backup ", "--name guest"));
            bench.say("  linux, seed " + seed + ": gap " + report.getDouble("gapMillis")
                    + " ms, protected ÷ unprotected " + redis.get(redis.size() - 1));
        }
        List<Double> tinyGap = new ArrayList<>();
        for (int seed = 1; seed <= bench.kills; seed++) {
            tinyGap.add(demo(bench, "tiny", seed).report.getDouble("gapMillis"));
        }
        Sample gap = sample(tinyGap);
        bench.say("  tiny: gap " + gap.text("ms"));
        return List.of(
                Figure.ofRatio("Redis, 10 connections, protected ÷ unprot.", sample(redis), REDIS_LIMIT, true, ""),
                Figure.ofRatio(
                        "pause, ms per 1,000 dirty pages, p50",
                        sample(pause),
                        PAUSE_LIMIT_MILLIS_PER_1000_PAGES,
                        false,
                        "Redis under load"),
                Figure.ofRatio("gap, ms, Linux", sample(linuxGap), GAP_LIMIT_MILLIS, false, linuxGap.size() + " kills"),
                Figure.ofRatio("gap, ms, tiny", gap, GAP_LIMIT_MILLIS, false, tinyGap.size() + " kills"),
                Figure.ofRatio(
                        "primary's peak memory − guest RAM, MiB",
                        sample(primaryMiB.stream().map(peak -> peak - GUEST_MIB).toList()),
                        ALLOWANCE_MIB,
                        false,
                        "guest RAM " + GUEST_MIB + " MiB"),
                Figure.ofRatio(
                        "backup's peak memory − 2 × guest RAM, MiB",
                        sample(backupMiB.stream()
                                .map(peak -> peak - 2 * GUEST_MIB)
                                .toList()),
                        ALLOWANCE_MIB,
                        false,
                        "guest RAM " + GUEST_MIB + " MiB"));
    }

    private record Outcome(ProcessRun run, JsonObject report) {}

    private static Outcome demo(Bench bench, String guest, int seed) throws IOException, InterruptedException {
        Path report = Files.createTempFile("kemari-bench", ".json");
        try {
            ProcessRun run = bench.kemari(List.of(
                            "demo",
                            "--guest",
                            guest,
                            "--kill",
                            "primary",
                            "--seed",
                            Integer.toString(seed),
                            "--report",
                            report.toString()))
                    .mustSucceed("demo --guest " + guest + " --seed " + seed);
            return new Outcome(run, JsonParser.object().from(Files.readString(report)));
        } catch (JsonParserException e) {
            throw new IOException("the demo's report is no JSON", e);
        } finally {
            Files.deleteIfExists(report);
        }
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

    private static Sample sample(List<Double> values) {
        return new Sample(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
