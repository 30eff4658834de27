package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.translate.ImmediateTranslator;

/** Programs made by chance on the interpreter and, in lock-step, with the translator: the state is the same. */
class TierLockStepTest {
    /** Over all programs and ways of translating. */
    private static final long INSTRUCTIONS = Long.getLong("kemari.lockstep.instructions", 10_000_000L);

    private static final long SEED = Long.getLong("kemari.seed", System.nanoTime());
    private static final long STEP = 10_000;
    private static final int PROGRAMS = 6;

    private static final int LEAST_REGIONS = 10;

    /** How many times as long as asked a program goes on that has fewer regions. */
    private static final int MOST_TIMES = 10;

    private static final int RAM_BYTES = 1 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"early", "late", "random", "plain"})
    void translatedCodeDoesTheSame(String when) {
        System.out.println("lock-step of random programs: translation " + when + " -Dkemari.seed=" + SEED);
        for (int program = 0; program < PROGRAMS; program++) {
            compare(SEED + program, when, INSTRUCTIONS / (4 * PROGRAMS));
        }
    }

    private static void compare(long seed, String when, long instructions) {
        Random chance = new Random(seed);
        BareBoard reference = board(seed);
        BareBoard translated = board(seed);
        IntSupplier thresholds = switch (when) {
            case "early", "plain" -> () -> 2;
            case "late" -> () -> 300;
            default -> () -> 1 + chance.nextInt(100);
        };
        translated
                .hart()
                .translateWith(
                        when.equals("plain")
                                ? ImmediateTranslator.withoutUnsafe(thresholds, 1_000)
                                : new ImmediateTranslator(thresholds, 1_000));
        long done = 0;
        // A program whose loops are long becomes hot late: it goes on until enough of it is translated.
        boolean enough = false;
        while (done < instructions || !enough && done < MOST_TIMES * instructions) {
            run(reference, STEP, STEP);
            run(translated, STEP, 1 + chance.nextInt((int) STEP));
            done += STEP;
            String where = "seed=" + seed + " translation " + when + " after " + done + " instructions";
            assertEquals(
                    StateMap.of(reference.hart()).text(),
                    StateMap.of(translated.hart()).text(),
                    where);
            compareRam(reference.ram, translated.ram, where);
            enough = translated.hart().regionCount() > LEAST_REGIONS;
            boolean interrupt = chance.nextInt(3) == 0;
            if (interrupt) {
                reference.hart().setInterrupt(1, true);
                translated.hart().setInterrupt(1, true);
            }
        }
        assertTrue(
                translated.hart().regionCount() > LEAST_REGIONS,
                "seed=" + seed + ": only " + translated.hart().regionCount() + " regions are in place");
        assertTrue(
                reference.hart().x(31) > 100,
                "seed=" + seed + ": only " + reference.hart().x(31) + " traps");
    }

    private static BareBoard board(long seed) {
        BareBoard board = new BareBoard(RAM_BYTES, 1);
        RandomProgram.load(board, seed);
        return board;
    }

    private static void run(BareBoard board, long instructions, long cut) {
        long left = instructions;
        while (left > 0) {
            left -= board.hart().run(Math.min(cut, left));
        }
    }

    private static void compareRam(Ram a, Ram b, String where) {
        byte[] left = new byte[Ram.PAGE_BYTES];
        byte[] right = new byte[Ram.PAGE_BYTES];
        for (long page = 0; page < a.pageCount(); page++) {
            a.read(page, left, 0);
            b.read(page, right, 0);
            if (!Arrays.equals(left, right)) {
                throw new AssertionError("page " + page + " differs at " + Arrays.mismatch(left, right) + ", " + where);
            }
        }
    }
}
