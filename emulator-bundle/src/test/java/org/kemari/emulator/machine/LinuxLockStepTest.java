package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kemari.api.machine.MachineConfig;
import org.kemari.emulator.translate.ImmediateTranslator;

/** A Linux boot on the interpreter and, in lock-step, with the translator. Runs where there is a {@link LinuxTestGuest}. */
class LinuxLockStepTest {
    private static final long INSTRUCTIONS = Long.getLong("kemari.lockstep.instructions", 60_000_000L);
    private static final String APPEND = "console=ttyS0 earlycon=sbi kemari.off=yes";
    private static final long STEP = 10_000;
    private static final long SEED = Long.getLong("kemari.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({"1,early", "1,late", "2,random"})
    @Timeout(900)
    void translatedCodeDoesTheSame(int harts, String when) throws Exception {
        MachineConfig config = LinuxTestGuest.config(harts, APPEND);
        System.out.println(
                "lock-step of a Linux boot: harts=" + harts + " translation " + when + " -Dkemari.seed=" + SEED);
        Random random = new Random(SEED);
        IntSupplier thresholds = switch (when) {
            case "early" -> () -> 5;
            case "late" -> () -> 2_000;
            default -> () -> 1 << random.nextInt(14);
        };
        VirtBoard reference = board(config);
        VirtBoard translated = board(config);
        translated.translateWith(new ImmediateTranslator(thresholds, 3_000));
        try (LockStep both = new LockStep(reference, translated, STEP, 50, SEED)) {
            both.run(INSTRUCTIONS);
        }
        assertTrue(reference.count() >= INSTRUCTIONS, "the guest ended: " + reference.ending());
    }

    private static VirtBoard board(MachineConfig config) throws Exception {
        VirtBoard board = VirtMachineBuilder.board(config, new byte[32]);
        for (DeviceSlot slot : board.slots()) {
            slot.insert(new DiscardingUart());
        }
        return board;
    }

    /** Lock-step from the command line: {@code LinuxLockStepTest HARTS THRESHOLD INSTRUCTIONS}. */
    public static void main(String[] arguments) throws Exception {
        MachineConfig config = LinuxTestGuest.config(Integer.parseInt(arguments[0]), APPEND);
        int threshold = Integer.parseInt(arguments[1]);
        VirtBoard reference = board(config);
        VirtBoard translated = board(config);
        translated.translateWith(new ImmediateTranslator(() -> threshold, 100_000));
        try (LockStep both = new LockStep(reference, translated, STEP, 50, SEED)) {
            both.run(Long.parseLong(arguments[2]));
        }
        System.out.println("the same after " + reference.count() + " instructions");
    }
}
