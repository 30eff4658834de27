package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What programs do under Linux, each kind of work timed by the guest's own clock: {@code work.elf}, which both guests
 * read from a disk.
 */
final class GuestWorkBenchmark implements Benchmark {
    private static final Pattern LINE = Pattern.compile("WORK ([a-z-]+) ([0-9]+)");
    private static final String APPEND = LinuxGuest.APPEND + " kemari.cmd=cat+/dev/vda>/work&&chmod+755+/work&&/work";
    private static final long DISK_BYTES = 64 << 10;

    private static final double COMPUTING = 1;
    private static final double MEMORY_AND_CALLS = 0.7;
    private static final double KERNEL = 0.5;

    @Override
    public String name() {
        return "work";
    }

    @Override
    public String about() {
        return "Work under Linux: computing, memory, calls, system calls, page faults, forks, execs, switches";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (bench.qemu().isEmpty()) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        Path disk = PaddedImage.write(
                Files.createTempFile("kemari-work", ".img"), Files.readAllBytes(bench.program("work.elf")), DISK_BYTES);
        try {
            Map<String, double[]> ratios = new LinkedHashMap<>();
            Map<String, double[]> seconds = new LinkedHashMap<>();
            for (int i = 0; i < bench.runs; i++) {
                Map<String, Double> theirs = theirs(bench, disk);
                Map<String, Double> ours = ours(bench, disk);
                for (Map.Entry<String, Double> each : theirs.entrySet()) {
                    Double own = ours.get(each.getKey());
                    if (own == null) {
                        throw new IOException("our guest did not finish " + each.getKey());
                    }
                    ratios.computeIfAbsent(each.getKey(), kind -> new double[bench.runs])[i] = each.getValue() / own;
                    seconds.computeIfAbsent(each.getKey(), kind -> new double[bench.runs])[i] = own;
                }
                bench.say("  run " + (i + 1) + " of " + bench.runs);
            }
            List<Figure> figures = new ArrayList<>();
            ratios.forEach((kind, values) -> figures.add(Figure.ofRatio(
                    "Linux guest, " + kind.replace('-', ' ') + ", speed ÷ QEMU TCG",
                    new Sample(values),
                    limit(kind),
                    true,
                    String.format(Locale.ROOT, "%.2f s", new Sample(seconds.get(kind)).median()))));
            return figures;
        } finally {
            Files.deleteIfExists(disk);
        }
    }

    private static double limit(String kind) {
        return switch (kind) {
            case "integers" -> COMPUTING;
            case "system-calls", "page-faults", "forks", "execs", "context-switches" -> KERNEL;
            default -> MEMORY_AND_CALLS;
        };
    }

    private static Map<String, Double> ours(Bench bench, Path disk) throws IOException, InterruptedException {
        return times(bench.kemari(LinuxGuest.ourCommand(LinuxGuest.folder(), APPEND, "--disk", disk + ",ro"))
                .mustSucceed("the work in our guest"));
    }

    private static Map<String, Double> theirs(Bench bench, Path disk) throws IOException, InterruptedException {
        return times(bench.peer(LinuxGuest.peerCommand(
                        bench.qemu().orElseThrow(), LinuxGuest.folder(), APPEND, LinuxGuest.peerDisk(disk, true)))
                .mustSucceed("the work in the peer's guest"));
    }

    /** The lines {@code WORK kind nanoseconds} as seconds by kind; what is done a second time is {@code kind-again}. */
    static Map<String, Double> times(ProcessRun run) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        Matcher line = LINE.matcher(run.output());
        while (line.find()) {
            String kind = seconds.containsKey(line.group(1)) ? line.group(1) + "-again" : line.group(1);
            seconds.put(kind, Long.parseLong(line.group(2)) / 1e9);
        }
        return seconds;
    }
}
