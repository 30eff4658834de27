package org.kemari.cli.selftest;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.kemari.cli.CliException;
import org.kemari.cli.ExitStatus;
import org.kemari.cli.container.Container;
import org.kemari.cli.options.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kemari selftest}. */
@Command(
        name = "selftest",
        description = {
            "Runs each ELF of a folder in M-mode, without firmware; it passes by telling the finisher 0.",
            "One line each: PASS name, FAIL name code, TIMEOUT name; then the counts.",
            "A code is the number that the finisher was told, or unloadable or crashed, with the reason on standard error."
        },
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
public final class SelftestCommand implements Callable<Integer> {
    private static final int MAX_JOBS = 64;
    private static final int MAX_LIMIT_SECONDS = 3600;
    private static final byte[] ELF_MAGIC = {0x7f, 'E', 'L', 'F'};

    @Option(names = "--elfs", paramLabel = "DIR", required = true, description = "Folder with the ELFs.")
    private Path folder;

    @Option(names = "--jobs", paramLabel = "N", description = "So many at once, 1 to 64 (the number of cores).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Each one's limit (${DEFAULT-VALUE}).")
    private int limitSeconds;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "128M",
            converter = MemorySize.Converter.class,
            description = "RAM of each (${DEFAULT-VALUE}).")
    private MemorySize memory;

    @Spec
    private CommandSpec spec;

    private final Container container;

    public SelftestCommand(Container container) {
        this.container = container;
    }

    @Override
    public Integer call() throws Exception {
        if (jobs < 1 || jobs > MAX_JOBS) {
            throw new CliException(ExitStatus.USAGE, "--jobs=" + jobs + " is out of range; use 1 to 64");
        }
        if (limitSeconds < 1 || limitSeconds > MAX_LIMIT_SECONDS) {
            throw new CliException(ExitStatus.USAGE, "--limit=" + limitSeconds + " is out of range; use 1 to 3600");
        }
        List<Path> elfs = elfs();
        ExecutorService pool = Executors.newFixedThreadPool(jobs);
        try {
            return report(start(pool, elfs));
        } finally {
            pool.shutdownNow();
        }
    }

    private List<Path> elfs() throws CliException {
        if (!Files.isDirectory(folder)) {
            throw new CliException(ExitStatus.USAGE, "--elfs=" + folder + " is no folder; name one with ELF files");
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> elfs = files.filter(SelftestCommand::isElf).sorted().toList();
            if (elfs.isEmpty()) {
                throw new CliException(ExitStatus.USAGE, "--elfs=" + folder + " holds no ELF; name a folder that does");
            }
            return elfs;
        } catch (IOException e) {
            throw new CliException(ExitStatus.USAGE, "--elfs=" + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isElf(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            return java.util.Arrays.equals(in.readNBytes(ELF_MAGIC.length), ELF_MAGIC);
        } catch (IOException e) {
            return false;
        }
    }

    private List<Future<SelftestResult>> start(ExecutorService pool, List<Path> elfs) {
        ElfRun run = new ElfRun(container, memory.bytes(), Duration.ofSeconds(limitSeconds));
        List<Future<SelftestResult>> results = new ArrayList<>();
        for (int i = 0; i < elfs.size(); i++) {
            Path elf = elfs.get(i);
            int index = i;
            results.add(pool.submit(() -> run.run(elf, index)));
        }
        return results;
    }

    private int report(List<Future<SelftestResult>> results) throws InterruptedException, ExecutionException {
        PrintWriter out = spec.commandLine().getOut();
        int passed = 0;
        for (Future<SelftestResult> future : results) {
            SelftestResult result = future.get();
            passed += result.passed() ? 1 : 0;
            out.println(result.line());
            out.flush();
            result.reason()
                    .ifPresent(reason -> spec.commandLine()
                            .getErr()
                            .println(spec.qualifiedName() + ": " + result.name() + ": " + reason));
        }
        int failed = results.size() - passed;
        out.println(passed + " passed, " + failed + " failed");
        return failed == 0 ? ExitStatus.OK : ExitStatus.FAILED;
    }
}
