package org.kemari.emulator.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kemari.api.device.GuestAddressException;
import org.kemari.emulator.translate.ImmediateTranslator;

/**
 * Runs bare-metal ELFs that end at the test finisher, and says how fast: {@code ElfRunner FILE-OR-FOLDER...}. With
 * {@code -Dkemari.translate=N}, code that was executed N times is translated.
 */
final class ElfRunner {
    private static final long LIMIT = 20_000_000_000L;

    private ElfRunner() {}

    public static void main(String[] arguments) throws IOException, GuestAddressException {
        int failed = 0;
        int passed = 0;
        for (String argument : arguments) {
            Path path = Path.of(argument);
            for (Path elf : Files.isDirectory(path) ? list(path) : List.of(path)) {
                if (run(elf, arguments.length == 1 && !Files.isDirectory(path))) {
                    passed++;
                } else {
                    failed++;
                }
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().collect(Collectors.toList());
        }
    }

    /** CPU time of this thread: the machine may be busy with other things. */
    private static long cpuNanos() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static boolean run(Path elf, boolean tell) throws IOException, GuestAddressException {
        BareBoard board = new BareBoard(64 << 20, 1);
        int threshold = Integer.getInteger("kemari.translate", 0);
        if (threshold > 0) {
            board.hart().translateWith(new ImmediateTranslator(() -> threshold, 4096));
        }
        long entry = board.load(Files.readAllBytes(elf));
        board.hart().reset(entry, PrivilegeMode.MACHINE, 0, 0);
        long start = cpuNanos();
        long limit = tell ? LIMIT : 5_000_000;
        while (board.finished == 0 && board.hart().instructions() < limit) {
            if (board.hart().run(100_000) == 0) {
                break;
            }
        }
        double seconds = (cpuNanos() - start) / 1e9;
        boolean good = board.finished == 0x5555;
        if (!good || tell) {
            System.out.printf(
                    "%s %s finished=%x pc=%x gp=%d instructions=%d %.1f MIPS%n",
                    good ? "PASS" : "FAIL",
                    elf.getFileName(),
                    board.finished,
                    board.hart().pc(),
                    board.hart().x(3),
                    board.hart().instructions(),
                    board.hart().instructions() / seconds / 1e6);
        }
        return good;
    }
}
