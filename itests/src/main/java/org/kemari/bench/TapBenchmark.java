package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the tap costs a VM that is not protected: the tiny guest's work, in the distribution as it is and in one whose
 * event-tap bundle is missing, in turn.
 */
final class TapBenchmark implements Benchmark {
    /** Noise of a shared machine; a cost below it is not measurable. */
    private static final double LIMIT = 1.10;

    @Override
    public String name() {
        return "tap";
    }

    @Override
    public String about() {
        return "an unprotected VM that talks all the time, with the event-tap bundle and without it";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        Path whole = bench.root.resolve("features/target/kemari");
        Path without = Files.createTempDirectory("kemari-without-tap");
        try {
            link(whole, without, "kemari-event-tap");
            double[] ratios = new double[bench.runs];
            for (int i = 0; i < bench.runs; i++) {
                double with = TalkingGuest.seconds(bench, whole);
                ratios[i] = with / TalkingGuest.seconds(bench, without);
            }
            return List.of(Figure.ofRatio(
                    "tap off: CPU time with ÷ without it",
                    new Sample(ratios),
                    LIMIT,
                    false,
                    "64 MB of console output"));
        } finally {
            delete(without);
        }
    }

    /** A distribution that is {@code whole} without the bundles whose name begins with {@code left}. */
    static void link(Path whole, Path without, String left) throws IOException {
        for (String folder : List.of("bundles", "lib", "etc")) {
            Files.createDirectories(without.resolve(folder));
            for (Path file : list(whole.resolve(folder))) {
                Path there = without.resolve(folder).resolve(file.getFileName());
                if (folder.equals("lib")) {
                    // The launcher finds the distribution by its own jar, and the JVM follows links to that.
                    Files.copy(file, there);
                } else if (!file.getFileName().toString().startsWith(left)) {
                    Files.createSymbolicLink(there, file.toAbsolutePath());
                }
            }
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.toList());
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
