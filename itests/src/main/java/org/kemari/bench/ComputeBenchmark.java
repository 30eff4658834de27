package org.kemari.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A guest that computes and says a line now and then, unprotected and protected in turn, its backup on the same host:
 * what protection costs a guest that hardly speaks. Longest epochs are what bounds it then.
 */
final class ComputeBenchmark implements Benchmark {
    private static final double LIMIT = 0.97;
    /** Translated, compiled, and the backup's rehearsal done. */
    private static final int WARM_UP_TURNS = 60;
    /** What the first copy has left behind to be collected, and what the backup is told to compile. */
    private static final int SETTLING_TURNS = 24;

    private static final int TURNS = 24;
    private static final int PAIRS = 3;

    @Override
    public String name() {
        return "compute";
    }

    @Override
    public String about() {
        return "a Linux guest that computes, protected and unprotected in turn (needs root)";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (!GuestNetwork.available(bench)) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        double[] ratios = new double[bench.runs];
        double[] begun = new double[bench.runs];
        double[] speeds = new double[bench.runs];
        for (int i = 0; i < bench.runs; i++) {
            try (OurServer server = OurServer.start(bench, 0, GuestProgram.COMPUTE, true)) {
                turnsPerSecond(server, WARM_UP_TURNS);
                double[] kept = new double[PAIRS];
                double[] settling = new double[PAIRS];
                double before = turnsPerSecond(server, TURNS);
                speeds[i] = before;
                for (int pair = 0; pair < PAIRS; pair++) {
                    server.protect();
                    settling[pair] = turnsPerSecond(server, SETTLING_TURNS) / before;
                    double guarded = turnsPerSecond(server, TURNS);
                    server.unprotect();
                    double after = turnsPerSecond(server, TURNS);
                    // Against what is on both sides of it: a host that becomes slower meanwhile cancels out.
                    kept[pair] = 2 * guarded / (before + after);
                    before = after;
                }
                ratios[i] = new Sample(kept).median();
                begun[i] = new Sample(settling).median();
                bench.say("  run " + (i + 1) + ": " + new Sample(kept).text("of unprotected"));
            }
        }
        return List.of(
                Figure.ofRatio(
                        "computing Linux guest, protected ÷ unprotected",
                        new Sample(ratios),
                        LIMIT,
                        true,
                        String.format(Locale.ROOT, "%.1f lines/s", new Sample(speeds).median())),
                Figure.withoutTarget(
                        "the same, the first lines after protection began ÷ unprotected",
                        new Sample(begun),
                        true,
                        SETTLING_TURNS + " lines"));
    }

    /** By the host's clock, between the lines of the guest. */
    private static double turnsPerSecond(OurServer server, int turns) throws IOException, InterruptedException {
        server.process().dropWaiting();
        server.process().await("WORK turn", ServerGuest.READY_LIMIT);
        long start = System.nanoTime();
        for (int i = 0; i < turns; i++) {
            server.process().await("WORK turn", ServerGuest.READY_LIMIT);
        }
        return turns * 1e9 / (System.nanoTime() - start);
    }
}
