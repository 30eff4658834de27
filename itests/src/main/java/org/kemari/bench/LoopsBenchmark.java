package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Bare-metal CPU loops: the machine's speed from reset to power-off against the peer's whole process. */
final class LoopsBenchmark implements Benchmark {
    private static final double LIMIT = 0.10;

    /** What a processor does all day, long enough to be translated: this is what the translator is judged by. */
    private static final double CORE_LIMIT = 1;

    /** Does nothing: its time is what starting and stopping the peer costs. */
    private static final String EMPTY = "empty.elf";

    @Override
    public String name() {
        return "loops";
    }

    @Override
    public String about() {
        return "bare-metal CPU loops, peer's time divided by ours";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        if (bench.qemu().isEmpty()) {
            for (Path elf : loops(bench.root)) {
                bench.say("  " + name(elf) + ": " + ours(bench, elf).getDouble("mips") + " MIPS");
            }
            return figures;
        }
        double startUp = startUp(bench);
        for (Path elf : loops(bench.root)) {
            String loop = name(elf);
            double[] ratios = new double[bench.runs];
            double[] mips = new double[bench.runs];
            for (int i = 0; i < bench.runs; i++) {
                JsonObject report = ours(bench, elf);
                double seconds = report.getDouble("wallSeconds");
                mips[i] = report.getDouble("mips");
                ratios[i] = (theirs(bench, elf) - startUp) / seconds;
            }
            Sample ratio = new Sample(ratios);
            figures.add(Figure.ofRatio(
                    "loop " + loop + ", speed ÷ QEMU TCG",
                    ratio,
                    loop.equals("core") ? CORE_LIMIT : LIMIT,
                    true,
                    String.format(Locale.ROOT, "%.0f MIPS", new Sample(mips).median())));
            bench.say("  " + loop + ": " + ratio.text("of QEMU"));
        }
        return figures;
    }

    private static String name(Path elf) {
        return elf.getFileName().toString().replace(".elf", "");
    }

    static Path folder(Path root) {
        return Bench.program(root, "loops");
    }

    /** All but the program that measures start-up and the one for the tap's cost. */
    private static List<Path> loops(Path root) throws IOException {
        try (Stream<Path> files = Files.list(folder(root))) {
            return files.filter(file -> !Set.of(EMPTY, "console.elf")
                            .contains(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    private static JsonObject ours(Bench bench, Path elf) throws IOException, InterruptedException {
        Path report = Files.createTempFile("kemari-bench", ".json");
        try {
            bench.kemari(List.of(
                            "run",
                            "--kernel",
                            elf.toString(),
                            "--firmware",
                            "none",
                            "--memory",
                            "64M",
                            "--console",
                            "none",
                            "--report",
                            report.toString()))
                    .mustSucceed(elf.toString());
            return JsonParser.object().from(Files.readString(report));
        } catch (JsonParserException e) {
            throw new IOException("report of " + elf + " is no JSON", e);
        } finally {
            Files.deleteIfExists(report);
        }
    }

    private static double startUp(Bench bench) throws IOException, InterruptedException {
        double[] seconds = new double[bench.runs];
        for (int i = 0; i < bench.runs; i++) {
            seconds[i] = theirs(bench, folder(bench.root).resolve(EMPTY));
        }
        return new Sample(seconds).median();
    }

    private static double theirs(Bench bench, Path elf) throws IOException, InterruptedException {
        return bench.peer(List.of(
                        bench.qemu().orElseThrow().toString(),
                        "-M",
                        "virt",
                        "-m",
                        "64",
                        "-nographic",
                        "-no-reboot",
                        "-bios",
                        "none",
                        "-kernel",
                        elf.toString()))
                .mustSucceed("the peer with " + elf)
                .wallSeconds();
    }
}
