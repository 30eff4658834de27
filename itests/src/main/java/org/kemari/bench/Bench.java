package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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

    private static final List<Benchmark> ALL = List.of(
            new TapBenchmark(),
            new LoopsBenchmark(),
            new GuestWorkBenchmark(),
            new BootBenchmark(),
            new PauseBenchmark(),
            new RedisBenchmark(),
            new ProtectionBenchmark(),
            new GapBenchmark());

    private static final String NAMES = ALL.stream().map(Benchmark::name).collect(Collectors.joining(", "));

    @Option(names = "--runs", paramLabel = "N", description = "Runs of each pair (default: ${DEFAULT-VALUE}).")
    int runs = 5;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description = "Failovers to measure the gap (default: ${DEFAULT-VALUE}).")
    int kills = 25;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "Only these: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    List<String> only = List.of();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; those of benchmarks not run now are kept (default: ${DEFAULT-VALUE}).")
    Path json = Path.of("bench.json");

    @Option(
            names = "--write-docs",
            description =
                    "Keep the figures in docs/performance.json, and write docs/performance.md and its chart anew.")
    boolean writeDocs;

    /** Where the project is. */
    Path root = Path.of(System.getProperty("kemari.root", "")).toAbsolutePath();

    /** For {@code --help}. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ALL.stream().map(Benchmark::name).iterator();
        }
    }

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
                System.err.println("--only=" + name + " is no benchmark; use " + NAMES);
                return 2;
            }
        }
        if (qemu().isEmpty()) {
            say("qemu-system-riscv64 is not installed: no ratios against it (Debian: apt install qemu-system-misc)");
        }
        BenchHost host = BenchHost.current(qemu());
        List<Results.Run> done = new ArrayList<>();
        for (Benchmark benchmark : ALL) {
            if (only.isEmpty() || only.contains(benchmark.name())) {
                say(benchmark.name() + ": " + benchmark.about());
                List<Figure> figures = benchmark.run(this);
                done.add(new Results.Run(
                        benchmark.name(), Instant.now().toString(), benchmark.runs(this), host, figures));
            }
        }
        print(done.stream().flatMap(run -> run.figures().stream()).toList());
        keep(done, json);
        if (writeDocs) {
            Path docs = root.resolve("docs");
            PerformancePage.write(keep(done, docs.resolve("performance.json")), docs);
            say("written to " + docs.resolve("performance.md"));
        }
        return 0;
    }

    /** Adds what was measured to what the file holds. */
    private Results keep(List<Results.Run> done, Path file) throws IOException {
        Results results = Results.read(file);
        done.stream().filter(run -> !run.figures().isEmpty()).forEach(results::put);
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        results.write(file);
        say("written to " + file.toAbsolutePath());
        return results;
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
        say(String.format("%-48s %9s %21s %9s", "figure", "value", "spread", "to reach"));
        for (Figure figure : figures) {
            say(String.format(
                    Locale.ROOT,
                    "%-48s %9.3f %9.3f to %8.3f %s %7.2f  %s  %s",
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
}
