package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Linux to GUEST-READY and off, whole process. */
final class BootBenchmark implements Benchmark {
    private static final double LIMIT = 2.5;

    @Override
    public String name() {
        return "boot";
    }

    @Override
    public String about() {
        return "Linux boot to power-off as a whole process, our time divided by the peer's";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (bench.qemu().isEmpty()) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        Path guest = LinuxGuest.folder();
        double[] ratios = new double[bench.runs];
        double[] seconds = new double[bench.runs];
        for (int i = 0; i < bench.runs; i++) {
            double theirs = bench.peer(LinuxGuest.peerCommand(bench.qemu().orElseThrow(), guest))
                    .mustSucceed("the peer's boot")
                    .wallSeconds();
            ProcessRun ours = bench.kemari(LinuxGuest.ourCommand(guest, LinuxGuest.APPEND))
                    .mustSucceed("our boot");
            if (!ours.output().contains("GUEST-READY")) {
                throw new IOException("our boot printed no GUEST-READY:\n" + ours.output());
            }
            seconds[i] = ours.wallSeconds();
            ratios[i] = ours.wallSeconds() / theirs;
            bench.say(String.format(Locale.ROOT, "  run %d: %.1f times the peer's", i + 1, ratios[i]));
        }
        return List.of(Figure.ofRatio(
                "Linux boot, time ÷ QEMU TCG",
                new Sample(ratios),
                LIMIT,
                false,
                String.format(Locale.ROOT, "%.1f s", new Sample(seconds).median())));
    }
}
