package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A Linux guest that has nothing to do, ours and the peer's side by side: the processor time that each process takes,
 * and how soon a guest that sleeps answers a byte.
 */
final class IdleBenchmark implements Benchmark {
    private static final double CORE_LIMIT = 0.02;
    /** What a boot leaves behind, in the guest and in HotSpot's compilers, is done by then. */
    private static final long SETTLE_SECONDS = 15;

    private static final long MEASURED_SECONDS = 20;
    private static final int ROUND_TRIPS = 400;
    private static final int PAUSE_MILLIS = 10;
    /** Linux on all platforms that Java runs on: times in {@code /proc} are in hundredths. */
    private static final double TICKS_PER_SECOND = 100;
    /** proc(5): utime and stime, counted from behind the command's name, which may hold blanks. */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String about() {
        return "an idle Linux guest: processor time, and how soon it answers, beside the peer's (needs root)";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (!GuestNetwork.available(bench)) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        List<Double> ourMicros = new ArrayList<>();
        List<Double> theirMicros = new ArrayList<>();
        for (int i = 0; i < bench.runs; i++) {
            List<ServerGuest> guests = new ArrayList<>();
            try {
                guests.add(OurServer.start(bench, GuestProgram.SERVE_PORT, GuestProgram.SERVE, false));
                if (bench.qemu().isPresent()) {
                    guests.add(PeerServer.start(bench, GuestProgram.SERVE_PORT, GuestProgram.SERVE));
                }
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                List<Double> cores = cores(guests);
                List<Double> micros = new ArrayList<>();
                for (ServerGuest guest : guests) {
                    micros.add(roundTripMicros(guest));
                }
                ours.add(cores.get(0));
                ourMicros.add(micros.get(0));
                theirs.addAll(cores.subList(1, cores.size()));
                theirMicros.addAll(micros.subList(1, micros.size()));
                bench.say("  run " + (i + 1) + ": of a core " + cores + ", round trip in µs " + micros);
            } finally {
                for (ServerGuest guest : guests) {
                    guest.close();
                }
            }
        }
        return figures(ours, theirs, ourMicros, theirMicros);
    }

    private static List<Figure> figures(
            List<Double> ours, List<Double> theirs, List<Double> ourMicros, List<Double> theirMicros) {
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.ofRatio(
                "idle Linux guest, cores in use",
                Sample.of(ours),
                CORE_LIMIT,
                false,
                theirs.isEmpty()
                        ? ""
                        : String.format(
                                Locale.ROOT, "QEMU TCG %.4f", Sample.of(theirs).median())));
        if (!theirMicros.isEmpty()) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < theirMicros.size(); i++) {
                ratios.add(ourMicros.get(i) / theirMicros.get(i));
            }
            figures.add(Figure.withoutTarget(
                    "idle Linux guest, time to answer ÷ QEMU TCG",
                    Sample.of(ratios),
                    false,
                    String.format(
                            Locale.ROOT,
                            "%.0f µs, QEMU TCG %.0f µs",
                            Sample.of(ourMicros).median(),
                            Sample.of(theirMicros).median())));
        }
        return figures;
    }

    /** How much of one core each process takes, all over the same time. */
    private static List<Double> cores(List<ServerGuest> guests) throws IOException, InterruptedException {
        long[] before = new long[guests.size()];
        for (int i = 0; i < before.length; i++) {
            before[i] = processorTicks(guests.get(i).process().pid());
        }
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(MEASURED_SECONDS);
        List<Double> cores = new ArrayList<>();
        for (int i = 0; i < before.length; i++) {
            long ticks = processorTicks(guests.get(i).process().pid()) - before[i];
            cores.add(ticks / TICKS_PER_SECOND / ((System.nanoTime() - start) / 1e9));
        }
        return cores;
    }

    private static long processorTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
    }

    private static double roundTripMicros(ServerGuest guest) throws IOException, InterruptedException {
        return ServerGuest.ask(guest.client(), "echo " + ROUND_TRIPS + " " + PAUSE_MILLIS);
    }
}
