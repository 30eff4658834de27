package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Linux to GUEST-READY and off, whole process. */
final class BootBenchmark implements Benchmark {
    private static final double LIMIT = 2.5;
    private static final double SECOND_LIMIT = 1.5;

    @Override
    public String name() {
        return "boot";
    }

    @Override
    public String about() {
        return "Linux boot to power-off as a whole process, our time divided by the peer's: for a new user, and again";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (bench.qemu().isEmpty()) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        double[] cold = new double[bench.runs];
        double[] warm = new double[bench.runs];
        double[] coldSeconds = new double[bench.runs];
        double[] warmSeconds = new double[bench.runs];
        for (int i = 0; i < bench.runs; i++) {
            double theirs = bench.peer(LinuxGuest.peerCommand(bench.qemu().orElseThrow(), LinuxGuest.folder()))
                    .mustSucceed("the peer's boot")
                    .wallSeconds();
            Path user = Files.createTempDirectory("kemari-bench-boot");
            try {
                coldSeconds[i] = seconds(bench, user);
                warmSeconds[i] = seconds(bench, user);
            } finally {
                TapBenchmark.delete(user);
            }
            cold[i] = coldSeconds[i] / theirs;
            warm[i] = warmSeconds[i] / theirs;
            bench.say(String.format(
                    Locale.ROOT, "  run %d: %.1f times the peer's, then %.1f times", i + 1, cold[i], warm[i]));
        }
        return List.of(
                figure("Linux boot, time ÷ QEMU TCG", cold, LIMIT, coldSeconds),
                figure("Linux boot for the second time, time ÷ QEMU TCG", warm, SECOND_LIMIT, warmSeconds));
    }

    private static Figure figure(String name, double[] ratios, double limit, double[] seconds) {
        return Figure.ofRatio(
                name,
                new Sample(ratios),
                limit,
                false,
                String.format(Locale.ROOT, "%.1f s", new Sample(seconds).median()));
    }

    /**
     * Of a whole boot.
     *
     * @param user a folder for what the product keeps for its user from one boot to the next
     */
    private static double seconds(Bench bench, Path user) throws IOException, InterruptedException {
        Path guest = LinuxGuest.folder();
        List<String> command = new ArrayList<>(List.of("env", "XDG_CACHE_HOME=" + user, "XDG_STATE_HOME=" + user));
        command.addAll(bench.launcher(LinuxGuest.ourCommand(guest, LinuxGuest.APPEND)));
        ProcessRun ours = ProcessRun.of(command, Map.of(), Bench.PROCESS_LIMIT).mustSucceed("our boot");
        if (!ours.output().contains("GUEST-READY")) {
            throw new IOException("our boot printed no GUEST-READY:\n" + ours.output());
        }
        return ours.wallSeconds();
    }
}
