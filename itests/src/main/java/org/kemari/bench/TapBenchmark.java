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
            link(whole, without);
            double[] ratios = new double[bench.runs];
            for (int i = 0; i < bench.runs; i++) {
                ratios[i] = TalkingGuest.seconds(bench, whole) / TalkingGuest.seconds(bench, without);
            }
            Sample ratio = new Sample(ratios);
            bench.say("  with ÷ without: " + ratio.text(""));
            return List.of(Figure.ofRatio("tap off: time with ÷ without it", ratio, LIMIT, false, "console output"));
        } finally {
            delete(without);
        }
    }

    private static void link(Path whole, Path without) throws IOException {
        for (String folder : List.of("bundles", "lib", "etc")) {
            Files.createDirectories(without.resolve(folder));
            for (Path file : list(whole.resolve(folder))) {
                if (!file.getFileName().toString().startsWith("kemari-event-tap")) {
                    Files.createSymbolicLink(
                            without.resolve(folder).resolve(file.getFileName()), file.toAbsolutePath());
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
