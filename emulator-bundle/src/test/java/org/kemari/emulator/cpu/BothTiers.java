package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.translate.ImmediateTranslator;

/** Bare-metal code that has to do the same on both tiers. */
final class BothTiers {
    static final int INSTRUCTIONS = 60_000;

    private static final int RAM_BYTES = 1 << 20;

    private BothTiers() {}

    /** With these two registers set. */
    static Hart same(Assembler code, int threshold, long s0, long s1) {
        return same(code, threshold, board -> {
            board.hart().setX(Assembler.S0, s0);
            board.hart().setX(Assembler.S1, s1);
        });
    }

    /**
     * Runs code at the beginning of RAM on both tiers and compares what becomes of it.
     *
     * @param threshold heat at which a block is translated
     * @param preparation of each board before it runs
     * @return the hart that had translated code
     */
    static Hart same(Assembler code, int threshold, Consumer<BareBoard> preparation) {
        BareBoard reference = new BareBoard(RAM_BYTES, 1);
        BareBoard translated = new BareBoard(RAM_BYTES, 1);
        translated.hart().translateWith(new ImmediateTranslator(() -> threshold, 100));
        for (BareBoard board : new BareBoard[] {reference, translated}) {
            code.store(board.ram, Ram.BASE);
            preparation.accept(board);
            board.hart().run(INSTRUCTIONS);
        }
        assertTrue(translated.hart().regionCount() > 0, "nothing was translated");
        assertEquals(reference.everything(), translated.everything());
        return translated.hart();
    }
}
