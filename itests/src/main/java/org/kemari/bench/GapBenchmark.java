package org.kemari.bench;

import java.io.IOException;
import java.util.List;

/** Failover gap over many kills, with the guest that boots at once. */
final class GapBenchmark implements Benchmark {
    @Override
    public String name() {
        return "gap";
    }

    @Override
    public String about() {
        return "failover gap over many kills of a bare-metal guest's primary";
    }

    @Override
    public int runs(Bench bench) {
        return bench.kills;
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        double[] gaps = new double[bench.kills];
        for (int seed = 1; seed <= bench.kills; seed++) {
            gaps[seed - 1] = DemoRun.of(
                            bench,
                            List.of("--guest", "tiny", "--kill", "primary", "--seconds", "4"),
                            List.of("--seed", Integer.toString(seed)))
                    .report()
                    .getDouble("gapMillis");
        }
        Sample gap = new Sample(gaps);
        bench.say("  " + gap.text("ms"));
        return List.of(Figure.ofRatio(
                "gap p50, ms, tiny", gap, ProtectionBenchmark.GAP_LIMIT_MILLIS, false, gaps.length + " kills"));
    }
}
