package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the benchmarks, prints a table and writes JSON. */
@Command(
        name = "kemari bench",
        mixinStandardHelpOptions = true,
        description = "Measures speed and memory, as ratios against QEMU where it is installed.")
public final class Bench implements Callable<Integer> {
    /** No single process of a benchmark takes longer, on the slowest machine we know, by a factor of three. */
    static final Duration PROCESS_LIMIT = Duration.ofMinutes(10);

    private static final List<Benchmark> ALL =
            List.of(new TapBenchmark(), new LoopsBenchmark(), new BootBenchmark(), new FailoverBenchmark());

    @Option(names = "--runs", paramLabel = "N", description = "Runs of each pair (default: ${DEFAULT-VALUE}).")
    int runs = 5;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description = "Failovers to measure the gap (default: ${DEFAULT-VALUE}).")
    int kills = 25;

    @Option(names = "--only", paramLabel = "NAME", split = ",", description = "Only these: tap, loops, boot, failover.")
    List<String> only = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Where the figures go (default: ${DEFAULT-VALUE}).")
    Path json = Path.of("bench.json");

    @Option(names = "--root", hidden = true)
    Path root = Path.of("").toAbsolutePath();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (runs < 1 || kills < 1) {
            System.err.println("--runs=" + runs + " --kills=" + kills + ": both are at least 1");
            return 2;
        }
        for (String name : only) {
            if (ALL.stream().noneMatch(benchmark -> benchmark.name().equals(name))) {
                System.err.println("--only=" + name + " is no benchmark; use tap, loops, boot or failover");
                return 2;
            }
        }
        if (qemu().isEmpty()) {
            say("qemu-system-riscv64 is not installed: no ratios against it (Debian: apt install qemu-system-misc)");
        }
        List<Figure> figures = new ArrayList<>();
        for (Benchmark benchmark : ALL) {
            if (only.isEmpty() || only.contains(benchmark.name())) {
                say(benchmark.name() + ": " + benchmark.about());
                figures.addAll(benchmark.run(this));
            }
        }
        print(figures);
        write(figures);
        return 0;
    }

    /** The peer's program, if it is installed. */
    Optional<Path> qemu() {
        for (String folder : System.getenv("PATH").split(":")) {
            Path program = Path.of(folder, "qemu-system-riscv64");
            if (Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /** Runs our launcher with these arguments. */
    ProcessRun kemari(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(root.resolve("kemari").toString());
        command.addAll(arguments);
        return ProcessRun.of(command, Map.of(), PROCESS_LIMIT);
    }

    ProcessRun peer(List<String> command) throws IOException, InterruptedException {
        return ProcessRun.of(command, Map.of(), PROCESS_LIMIT);
    }

    void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void print(List<Figure> figures) {
        say("");
        say(String.format("%-44s %9s %21s %9s", "figure", "value", "spread", "to reach"));
        for (Figure figure : figures) {
            say(String.format(
                    Locale.ROOT,
                    "%-44s %9.3f %9.3f to %8.3f %s %7.2f  %s  %s",
                    figure.name(),
                    figure.value(),
                    figure.least(),
                    figure.most(),
                    figure.atLeast() ? "≥" : "≤",
                    figure.limit(),
                    figure.reached() ? "reached" : "MISSED ",
                    figure.note()));
        }
    }

    private void write(List<Figure> figures) throws IOException {
        JsonObject result = new JsonObject();
        result.put("date", Instant.now().toString());
        result.put("java", System.getProperty("java.vm.version"));
        result.put("processors", Runtime.getRuntime().availableProcessors());
        JsonObject entries = new JsonObject();
        for (Figure figure : figures) {
            JsonObject entry = new JsonObject();
            entry.put("value", figure.value());
            entry.put("least", figure.least());
            entry.put("most", figure.most());
            entry.put(figure.atLeast() ? "atLeast" : "atMost", figure.limit());
            entry.put("reached", figure.reached());
            entry.put("note", figure.note());
            entries.put(figure.name(), entry);
        }
        result.put("figures", entries);
        Files.writeString(json, JsonWriter.indent("  ").string().value(result).done() + "\n");
        say("written to " + json.toAbsolutePath());
    }
}
