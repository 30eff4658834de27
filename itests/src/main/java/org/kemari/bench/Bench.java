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

    private static final int QUICK_KILLS = 3;
    private static final List<String> CONTAINER_VERBS = List.of("run", "backup");

    private static final List<Benchmark> ALL = List.of(
            new TapBenchmark(),
            new LoopsBenchmark(),
            new GuestWorkBenchmark(),
            new BootBenchmark(),
            new PauseBenchmark(),
            new RedisBenchmark(),
            new ComputeBenchmark(),
            new IdleBenchmark(),
            new WakeBenchmark(),
            new TransferBenchmark(),
            new DiskBenchmark(),
            new ProtectionBenchmark(),
            new GapBenchmark());

    private static final String NAMES = ALL.stream().map(Benchmark::name).collect(Collectors.joining(", "));

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Runs of each pair; a figure is their median (default: ${DEFAULT-VALUE}).")
    int runs = 5;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description = "Failovers to measure the gap (default: ${DEFAULT-VALUE}).")
    int kills = 25;

    @Option(names = "--quick", description = "One run of each pair and three failovers: a look, not a measurement.")
    boolean quick;

    @Option(
            names = "--jdk",
            paramLabel = "JDK",
            split = ",",
            description =
                    "Measure on these JDKs, one after the other in each benchmark: folders, or major versions such as"
                            + " 17,25 (found in JAVA_HOME_25, /usr/lib/jvm). By default the one that runs this.")
    List<String> jdks = List.of();

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

    /** What the product runs on at the moment. */
    Jdk jdk = Jdk.current();

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
        List<Jdk> measured = new ArrayList<>();
        for (String wanted : jdks) {
            Optional<Jdk> found = Jdk.find(wanted);
            if (found.isEmpty()) {
                System.err.println("--jdk=" + wanted + " is no JDK that can be found; name its folder");
                return 2;
            }
            measured.add(found.get());
        }
        if (measured.isEmpty()) {
            measured.add(jdk);
        }
        if (quick) {
            runs = 1;
            kills = QUICK_KILLS;
        }
        if (qemu().isEmpty()) {
            say("qemu-system-riscv64 is not installed: no ratios against it (Debian: apt install qemu-system-misc)");
        }
        print(measure(measured));
        say("written to " + json.toAbsolutePath() + (writeDocs ? " and " + root.resolve("docs") : ""));
        return 0;
    }

    private List<Results.Run> measure(List<Jdk> measured) throws IOException, InterruptedException {
        List<Results.Run> done = new ArrayList<>();
        for (Benchmark benchmark : ALL) {
            if (!only.isEmpty() && !only.contains(benchmark.name())) {
                continue;
            }
            for (Jdk each : measured) {
                jdk = each;
                long start = System.nanoTime();
                say(benchmark.name() + ", JDK " + each.feature() + ": " + benchmark.about());
                List<Figure> figures = benchmark.run(this);
                Results.Run run = new Results.Run(
                        benchmark.name(),
                        each.feature(),
                        Instant.now().toString(),
                        benchmark.runs(this),
                        BenchHost.current(each, qemu()),
                        figures);
                done.add(run);
                keep(run);
                say(String.format(Locale.ROOT, "  took %.0f s", (System.nanoTime() - start) / 1e9));
            }
        }
        return done;
    }

    /** At once: what is measured later may fail. */
    private void keep(Results.Run run) throws IOException {
        if (run.figures().isEmpty()) {
            return;
        }
        keep(run, json);
        if (writeDocs) {
            Path docs = root.resolve("docs");
            PerformancePage.write(keep(run, docs.resolve("performance.json")), docs);
        }
    }

    /** Adds what was measured to what the file holds. */
    private static Results keep(Results.Run run, Path file) throws IOException {
        Results results = Results.read(file);
        results.put(run);
        Files.createDirectories(file.toAbsolutePath().getParent());
        results.write(file);
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

    /** A program of ours that guests execute, or a folder of such. */
    Path program(String name) {
        return program(root, name);
    }

    static Path program(Path root, String name) {
        return root.resolve("bundles/guests/src/main/resources/org/kemari/guests")
                .resolve(name);
    }

    /**
     * A container of a distribution of the caller's choice, on the JDK that is being measured, that runs a small bare-metal
     * guest.
     */
    List<String> bareMetal(Path distribution, Path kernel, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--kernel", kernel.toString(), "--firmware", "none", "--memory", "16M"));
        arguments.addAll(List.of(options));
        return launcher(List.of("KEMARI_DISTRIBUTION=" + distribution), arguments);
    }

    /** Our launcher with these arguments, on the JDK that is being measured. */
    List<String> launcher(List<String> arguments) {
        return launcher(List.of(), arguments);
    }

    private List<String> launcher(List<String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("env", "JAVA_HOME=" + jdk.home()));
        command.addAll(environment);
        command.add(root.resolve("kemari").toString());
        command.addAll(arguments);
        if (CONTAINER_VERBS.contains(arguments.get(0))) {
            // It ends with this process, also if that is killed: else it would disturb whatever is measured next.
            command.addAll(List.of(
                    "--parent-pid", Long.toString(ProcessHandle.current().pid())));
        }
        return command;
    }

    /** Runs our launcher with these arguments. */
    ProcessRun kemari(List<String> arguments) throws IOException, InterruptedException {
        return ProcessRun.of(launcher(arguments), Map.of(), PROCESS_LIMIT);
    }

    ProcessRun peer(List<String> command) throws IOException, InterruptedException {
        return ProcessRun.of(command, Map.of(), PROCESS_LIMIT);
    }

    void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void print(List<Results.Run> done) {
        say("");
        say(String.format("%-62s %3s %9s %21s %9s", "figure", "JDK", "value", "spread", "to reach"));
        for (Results.Run run : done) {
            for (Figure figure : run.figures()) {
                say(String.format(
                        Locale.ROOT,
                        "%-62s %3d %9.3f %9.3f to %8.3f %9s  %s  %s",
                        figure.name(),
                        run.jdk(),
                        figure.value(),
                        figure.least(),
                        figure.most(),
                        figure.target(),
                        figure.limit().isEmpty() ? "       " : figure.reached() ? "reached" : "MISSED ",
                        figure.note()));
            }
        }
    }
}
