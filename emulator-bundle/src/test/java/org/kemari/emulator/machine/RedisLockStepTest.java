package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.MachineConfig;
import org.kemari.emulator.translate.ImmediateTranslator;
import org.kemari.emulator.translate.Translator;

/**
 * Redis under the load of ten clients of its own guest, on the interpreter and, in lock-step, with the translator. Runs
 * where there is a {@link LinuxTestGuest}.
 */
class RedisLockStepTest {
    /** Compared: at least a thousand requests, with all that the kernel does for them. */
    private static final long INSTRUCTIONS = Long.getLong("kemari.lockstep.redis.instructions", 12_000_000L);

    private static final long STEP = 10_000;
    private static final int STEPS_PER_RAM_CHECK = 50;
    private static final long SEED = Long.getLong("kemari.seed", System.nanoTime());

    /**
     * A load without an end, which tells four times a second how many requests were answered. It tells the kernel, who
     * passes it on through the SBI, in which no interrupt of a UART is needed.
     */
    private static final String LOAD = "redis-benchmark -q -c 10 -n 100000000 incr counter > /dev/kmsg";

    private static final String COMMAND_LINE =
            "console=ttyS0 earlycon=sbi keep_bootcon printk.devkmsg=on kemari.redis=yes kemari.cmd="
                    + LOAD.replace(' ', '+');

    private static final Pattern SERVED = Pattern.compile("rps=[1-9]");

    /** Instructions between two looks at what the guest has said. */
    private static final long SLICE = 100_000;

    /** A boot takes less than half of it. */
    private static final long MOST_INSTRUCTIONS = 8_000_000_000L;

    @Test
    @Timeout(600)
    void translatedCodeDoesTheSameUnderALoadedRedis() throws Exception {
        MachineConfig config = LinuxTestGuest.config(1, COMMAND_LINE);
        System.out.println("lock-step under a loaded Redis: -Dkemari.seed=" + SEED);
        GuestPace pace = new GuestPace(LinuxTestGuest.EPOCH_NANOS);
        PrintingUart console = new PrintingUart();
        VirtBoard booted = board(config, console);
        try (Translator translator = new Translator("redis")) {
            booted.translateWith(translator);
            runUntil(booted, pace, () -> served(console.text()) > 0, console);
        }
        PrintingUart said = new PrintingUart();
        VirtBoard reference = copy(booted, config, said);
        VirtBoard translated = copy(booted, config, new PrintingUart());
        Random random = new Random(SEED);
        IntSupplier thresholds = () -> 1 << random.nextInt(12);
        translated.translateWith(new ImmediateTranslator(thresholds, 3_000));
        long begun = reference.count();
        try (LockStep both = new LockStep(reference, translated, pace, STEP, STEPS_PER_RAM_CHECK, SEED)) {
            both.run(begun + INSTRUCTIONS);
        }
        assertTrue(reference.count() - begun >= INSTRUCTIONS, "the guest ended: " + reference.ending());
        // The guest's own word that it was served all the while: its next two counts, of a quarter of a second each.
        reference.translateWith(new ImmediateTranslator(() -> 1_000, 3_000));
        runUntil(reference, pace, () -> served(said.text()) >= 2, said);
    }

    private static long served(String text) {
        return SERVED.matcher(text).results().count();
    }

    private static VirtBoard board(MachineConfig config, PrintingUart console) throws Exception {
        VirtBoard board = VirtMachineBuilder.board(config, new byte[32]);
        for (DeviceSlot slot : board.slots()) {
            slot.insert(console);
        }
        return board;
    }

    private static void runUntil(VirtBoard board, GuestPace pace, BooleanSupplier said, PrintingUart console) {
        while (!said.getAsBoolean()) {
            if (board.ending().isPresent() || board.count() > MOST_INSTRUCTIONS) {
                throw new AssertionError(
                        "after " + board.count() + " instructions the guest had only said: " + console.text());
            }
            for (int slice = 0; slice < 100; slice++) {
                board.apply(LinuxTestGuest.clock(pace, board));
                board.advance(SLICE);
            }
        }
    }

    /** Another board in the same state. */
    private static VirtBoard copy(VirtBoard board, MachineConfig config, PrintingUart console) throws Exception {
        VirtBoard copy = board(config, console);
        try (DirtyTracker all = board.ram().track()) {
            all.claim((page, content, offset) -> copy.ram().load(page, content, offset), Integer.MAX_VALUE);
        }
        copy.restoreState(board.saveState());
        return copy;
    }
}
