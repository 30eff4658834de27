package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A virtio disk under load, past the guest's page cache, timed by the guest's own clock: {@code load.elf} on an image of
 * its own, which both machines keep in the host's page cache.
 */
final class DiskBenchmark implements Benchmark {
    private static final String OFF = " kemari.off=yes";

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public String about() {
        return "a disk of a Linux guest, read and written in order, and read at random, against the peer";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (bench.qemu().isEmpty()) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        Path image = Files.createTempFile("kemari-bench-disk", ".img");
        try {
            for (int i = 0; i < bench.runs; i++) {
                Map<String, Double> theirs = theirs(bench, image);
                Map<String, Double> ours = ours(bench, image);
                if (theirs.isEmpty() || !theirs.keySet().equals(ours.keySet())) {
                    throw new IOException("the peer's guest did " + theirs.keySet() + ", ours " + ours.keySet());
                }
                for (String kind : theirs.keySet()) {
                    ratios.computeIfAbsent(kind, key -> new ArrayList<>()).add(theirs.get(kind) / ours.get(kind));
                    seconds.computeIfAbsent(kind, key -> new ArrayList<>()).add(ours.get(kind));
                }
                bench.say("  run " + (i + 1) + ", seconds: " + ours + ", the peer " + theirs);
            }
        } finally {
            Files.deleteIfExists(image);
        }
        return ratios.keySet().stream()
                .map(kind -> Figure.withoutTarget(
                        kind.replace("disk-", "disk, ").replace('-', ' ') + ", speed ÷ QEMU TCG",
                        Sample.of(ratios.get(kind)),
                        true,
                        String.format(
                                Locale.ROOT,
                                "%.2f s",
                                Sample.of(seconds.get(kind)).median())))
                .toList();
    }

    private static Map<String, Double> ours(Bench bench, Path image) throws IOException, InterruptedException {
        return GuestWorkBenchmark.times(bench.kemari(LinuxGuest.ourCommand(
                        LinuxGuest.folder(),
                        GuestProgram.DISK.append() + OFF,
                        "--disk",
                        GuestProgram.DISK.writeDisk(bench, image).toString()))
                .mustSucceed("the disk in our guest"));
    }

    private static Map<String, Double> theirs(Bench bench, Path image) throws IOException, InterruptedException {
        return GuestWorkBenchmark.times(bench.peer(LinuxGuest.peerCommand(
                        bench.qemu().orElseThrow(),
                        LinuxGuest.folder(),
                        GuestProgram.DISK.append() + OFF,
                        LinuxGuest.peerDisk(GuestProgram.DISK.writeDisk(bench, image), false)))
                .mustSucceed("the disk in the peer's guest"));
    }
}
