package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kemari.api.device.GuestAddressException;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.translate.ImmediateTranslator;

/** What translated code may take of the JVM, whatever a guest does. */
class TranslatedCodeLimitsTest {
    static final int FUNCTIONS = 400;
    static final int FUNCTION_BYTES = 64;
    static final long FUNCTIONS_AT = Ram.BASE + 0x10000;
    private static final int MAX_REGIONS = 50;

    /** Notes where what it is asked to translate begins. */
    private static class NotingTranslator extends ImmediateTranslator {
        final List<Integer> entries = new ArrayList<>();

        NotingTranslator() {
            super(() -> 10, 1_000);
        }

        @Override
        public boolean submit(RegionRequest request) {
            entries.add(request.entry);
            return super.submit(request);
        }
    }

    /** Calls functions one after the other, for ever; each is a short loop. */
    static BareBoard manyFunctions() {
        BareBoard board = new BareBoard(1 << 20, 1);
        Assembler main = new Assembler();
        long functions = FUNCTIONS_AT;
        for (int i = 0; i < FUNCTIONS; i++) {
            long call = Ram.BASE + main.here();
            main.raw(Assembler.jal(Assembler.RA, (int) (functions + (long) i * FUNCTION_BYTES - call)));
            new Assembler()
                    .raw(
                            Assembler.addi(Assembler.T0, 0, 20),
                            Assembler.addi(Assembler.A0, Assembler.A0, i),
                            Assembler.addi(Assembler.T0, Assembler.T0, -1),
                            Assembler.bne(Assembler.T0, 0, -8),
                            Assembler.i(0x67, 0, 0, Assembler.RA, 0))
                    .store(board.ram, functions + (long) i * FUNCTION_BYTES);
        }
        main.raw(Assembler.jal(0, -main.here())).store(board.ram, Ram.BASE);
        return board;
    }

    @Test
    void coldRegionsGoAndTheirClassesWithThem() throws InterruptedException {
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        BareBoard board = manyFunctions();
        ImmediateTranslator translator = new ImmediateTranslator(() -> 10, MAX_REGIONS);
        board.hart().translateWith(translator);
        long unloadedBefore = classes.getUnloadedClassCount();
        long loadedBefore = classes.getLoadedClassCount();
        // Rounds enough for some thousand regions, of which fifty are kept.
        board.hart().run(5_000_000);
        assertTrue(board.hart().regionCount() <= MAX_REGIONS, board.hart().regionCount() + " regions are kept");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (classes.getUnloadedClassCount() - unloadedBefore < FUNCTIONS) {
            assertTrue(
                    System.nanoTime() < deadline,
                    "unloaded=" + (classes.getUnloadedClassCount() - unloadedBefore) + " loaded="
                            + (classes.getLoadedClassCount() - loadedBefore));
            System.gc();
            Thread.sleep(10);
        }
    }

    @Test
    void whatIsTranslatedStaysWhenThereIsTooMuchDecodedCode() throws GuestAddressException {
        int straightBytes = 9 << 20;
        BareBoard board = new BareBoard(16 << 20, 1);
        NotingTranslator translator = new NotingTranslator();
        board.hart().translateWith(translator);
        // A short loop, then more code than is kept, once, and back.
        new Assembler()
                .raw(
                        Assembler.addi(Assembler.T0, 0, 200),
                        Assembler.addi(Assembler.T0, Assembler.T0, -1),
                        Assembler.bne(Assembler.T0, 0, -4),
                        Assembler.i(0x67, 0, 0, Assembler.S0, 0))
                .store(board.ram, Ram.BASE);
        ByteBuffer straight = ByteBuffer.allocate(straightBytes).order(ByteOrder.LITTLE_ENDIAN);
        while (straight.remaining() > 4) {
            straight.putInt(Assembler.addi(Assembler.A0, Assembler.A0, 1));
        }
        straight.putInt(Assembler.i(0x67, 0, 0, Assembler.S1, 0));
        board.ram.write(Ram.BASE + (1 << 20), straight.array(), 0, straightBytes);
        board.hart().setX(Assembler.S0, Ram.BASE + (1 << 20));
        board.hart().setX(Assembler.S1, Ram.BASE);
        board.hart().run(4 * (402 + straightBytes / 4));
        assertTrue(board.hart().x(Assembler.A0) > 2 * straightBytes / 4, "did not get around");
        int requests = translator.entries.size();
        assertTrue(requests > 0 && requests <= 2, requests + " translations of one loop");
        assertTrue(board.hart().regionCount() > 0, "nothing is translated any more");
    }

    /** Translates only what is executed once in 100 instructions. */
    private static class DenseTranslator extends NotingTranslator {
        /** As often as the outer loop's blocks need to be told from the inner one's. */
        @Override
        public int threshold() {
            return 400;
        }

        @Override
        public long maxInstructionsPerExecution() {
            return 100;
        }
    }

    /** A loop within a loop: the inner one, at offset 4, is left once in 403 instructions. */
    private static BareBoard loopInALoop() {
        BareBoard board = new BareBoard(1 << 20, 1);
        new Assembler()
                .raw(
                        Assembler.addi(Assembler.T0, 0, 200),
                        Assembler.addi(Assembler.T0, Assembler.T0, -1),
                        Assembler.bne(Assembler.T0, 0, -4),
                        Assembler.addi(Assembler.A0, Assembler.A0, 1),
                        Assembler.jal(0, -16))
                .store(board.ram, Ram.BASE);
        return board;
    }

    @Test
    void whatIsExecutedSeldomIsLeftToTheInterpreterHoweverOften() {
        BareBoard board = loopInALoop();
        NotingTranslator translator = new DenseTranslator();
        board.hart().translateWith(translator);
        board.hart().run(403_000);
        assertEquals(1_000, board.hart().x(Assembler.A0), "rounds");
        assertEquals(Set.of(4), Set.copyOf(translator.entries), "page offsets of what was translated");
    }

    @Test
    void whatIsExecutedSeldomIsTranslatedWhereLittleElseIsInterpretedAndLeavesLoopsToTheirRegions() {
        BareBoard board = loopInALoop();
        NotingTranslator translator = new DenseTranslator() {
            @Override
            public long maxInterpretedPerExecution() {
                return 10;
            }

            @Override
            public boolean submit(RegionRequest request) {
                assertEquals(request.entry == 4, request.profile.met(4), "inner loop is a way from " + request.entry);
                return super.submit(request);
            }
        };
        board.hart().translateWith(translator);
        // Until the share of what is interpreted is known.
        board.hart().run(110_000_000);
        TierCounters before = board.hart().tierCounters();
        board.hart().run(403_000);
        TierCounters after = board.hart().tierCounters();
        long interpreted = 403_000 - (after.translated() - before.translated());
        assertTrue(interpreted < 1_000, interpreted + " instructions are still interpreted");
    }

    @Test
    void codeThatIsRewrittenAllTheTimeIsLeftToTheInterpreter() {
        BareBoard board = new BareBoard(1 << 20, 1);
        NotingTranslator translator = new NotingTranslator();
        board.hart().translateWith(translator);
        // A loop that overwrites an instruction of itself with what stands there, after 200 rounds of another loop.
        new Assembler()
                .raw(
                        Assembler.addi(Assembler.T0, 0, 200),
                        Assembler.addi(Assembler.A0, Assembler.A0, 1),
                        Assembler.addi(Assembler.T0, Assembler.T0, -1),
                        Assembler.bne(Assembler.T0, 0, -8),
                        Assembler.lw(Assembler.T1, Assembler.S0, 4),
                        Assembler.sw(Assembler.T1, Assembler.S0, 4),
                        Assembler.jal(0, -24))
                .store(board.ram, Ram.BASE);
        board.hart().setX(Assembler.S0, Ram.BASE);
        board.hart().run(20_000_000);
        long rounds = 20_000_000 / 605;
        int requests = translator.entries.size();
        assertTrue(requests > 1, "nothing was translated");
        assertTrue(requests < rounds / 100, requests + " translations in " + rounds + " rounds");
    }

    @Test
    void aPageOfStraightCodeIsCutIntoRegionsThatHotSpotCompiles() {
        BareBoard board = new BareBoard(1 << 20, 1);
        Assembler code = new Assembler();
        for (int i = 0; i < 1000; i++) {
            // Loads and stores off changing registers: the longest code there is.
            code.raw(
                    i % 2 == 0 ? Assembler.ld(5 + i % 8, 20, 8 * (i % 64)) : Assembler.sd(5 + i % 8, 21, 8 * (i % 64)));
        }
        code.raw(Assembler.jal(0, -code.here())).store(board.ram, Ram.BASE);
        board.hart().setX(20, Ram.BASE + 0x4000);
        board.hart().setX(21, Ram.BASE + 0x6000);
        int[] longest = {0};
        board.hart().translateWith(new ImmediateTranslator(() -> 3, 1_000) {
            @Override
            protected void translated(int lengthBytes) {
                longest[0] = Math.max(longest[0], lengthBytes);
            }
        });
        board.hart().run(100_000);
        assertTrue(longest[0] > 1_000 && longest[0] < 8_000, "longest region: " + longest[0] + " bytes of bytecode");
        assertEquals(100_000, board.hart().instructions());
    }
}
