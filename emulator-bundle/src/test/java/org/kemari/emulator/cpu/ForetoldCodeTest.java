package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.translate.ImmediateTranslator;

/** A hart that stands by is told what is hot elsewhere. */
class ForetoldCodeTest {
    private static final int RAM_BYTES = 1 << 20;
    private static final long SEED = Long.getLong("kemari.seed", System.nanoTime());
    private static final int INSTRUCTIONS = 200_000;
    private static final int MAX_PLACES = 100;

    private static BareBoard board() {
        BareBoard board = new BareBoard(RAM_BYTES, 1);
        RandomProgram.load(board, SEED);
        return board;
    }

    private static void run(BareBoard board, long instructions) {
        long left = instructions;
        while (left > 0) {
            left -= board.hart().run(left);
        }
    }

    @Test
    void rehearsalsChangeNothingAndFirstEntriesAreTranslated() {
        System.out.println("foretold code: -Dkemari.seed=" + SEED);
        BareBoard elsewhere = board();
        elsewhere.hart().translateWith(new ImmediateTranslator(() -> 20, 1_000));
        run(elsewhere, INSTRUCTIONS);
        List<HotPlace> hot = elsewhere.hart().hottest(MAX_PLACES);
        assertTrue(hot.size() > 3, "seed=" + SEED + ": only " + hot.size() + " places are hot");

        BareBoard reference = board();
        BareBoard standby = board();
        // Nothing becomes hot by itself here: what is in place was foretold.
        standby.hart().translateWith(new ImmediateTranslator(() -> Integer.MAX_VALUE, 1_000));
        String before = standby.everything();
        standby.hart().foretell(hot);
        standby.hart().foretell(hot);
        int slices = 0;
        while (standby.hart().rehearse(1_000_000) > 0) {
            slices++;
        }
        assertTrue(slices > 0);
        assertEquals(before, standby.everything(), "seed=" + SEED + ": a rehearsal left traces");

        run(reference, INSTRUCTIONS);
        run(standby, INSTRUCTIONS);
        assertEquals(reference.everything(), standby.everything(), "seed=" + SEED);
        assertTrue(standby.hart().tierCounters().foretold() > 0, "seed=" + SEED + ": nothing was in place");
        assertTrue(
                standby.hart().tierCounters().translated() > 0, "seed=" + SEED + ": nothing was executed translated");
    }

    @Test
    void whatWasOverwrittenMeanwhileIsNotPutInPlace() {
        BareBoard board = new BareBoard(RAM_BYTES, 1);
        Assembler loop = new Assembler();
        loop.raw(
                Assembler.addi(Assembler.A0, Assembler.A0, 1),
                Assembler.addi(Assembler.A1, Assembler.A1, 1),
                Assembler.jal(0, -8));
        loop.store(board.ram, Ram.BASE);
        board.hart().translateWith(new ImmediateTranslator(() -> Integer.MAX_VALUE, 100));
        board.hart().foretell(List.of(new HotPlace(0, 0, 3)));
        assertTrue(board.hart().rehearse(1) > 0);
        new Assembler().raw(Assembler.addi(Assembler.A0, Assembler.A0, 2)).store(board.ram, Ram.BASE);
        board.hart().run(300);
        assertEquals(200, board.hart().x(Assembler.A0));
        assertEquals(0, board.hart().regionCount());
    }

    @Test
    void placesThatAreNoneAreRefused() {
        Hart hart = new BareBoard(RAM_BYTES, 1).hart();
        hart.translateWith(new ImmediateTranslator(() -> 20, 100));
        for (HotPlace none : new HotPlace[] {
            new HotPlace(RAM_BYTES / Ram.PAGE_BYTES, 0, 0),
            new HotPlace(-1, 0, 0),
            new HotPlace(0, Ram.PAGE_BYTES, 0),
            new HotPlace(0, 1, 0),
            new HotPlace(0, 0, 4)
        }) {
            assertThrows(IllegalArgumentException.class, () -> hart.foretell(List.of(none)), none.toString());
        }
        // Zeros are no code.
        hart.foretell(List.of(new HotPlace(5, 0, 0)));
        assertEquals(0, hart.rehearse(1_000));
    }
}
