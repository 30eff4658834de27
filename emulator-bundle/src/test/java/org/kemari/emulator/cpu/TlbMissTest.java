package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.translate.ImmediateTranslator;

/** Accesses that the TLB does not answer end their region; the interpreter executes them and meets the region again. */
class TlbMissTest {
    private static final int RAM_BYTES = 1 << 20;
    private static final int INSTRUCTIONS = 60_000;

    /** More than what begins only where a run was cut reaches. */
    private static final int THRESHOLD = 100;

    private final BareBoard reference = new BareBoard(RAM_BYTES, 1);
    private final BareBoard translated = new BareBoard(RAM_BYTES, 1);

    private void run(Assembler code) {
        translated.hart().translateWith(new ImmediateTranslator(() -> THRESHOLD, 100));
        for (BareBoard board : new BareBoard[] {reference, translated}) {
            code.store(board.ram, Ram.BASE);
            board.hart().setX(Assembler.S0, Ram.BASE + 0x10000);
            board.hart().run(INSTRUCTIONS);
        }
        assertEquals(reference.everything(), translated.everything());
    }

    /** A loop whose load and store are left to the interpreter in each round, as they are not aligned. */
    private static Assembler loopOfMisses() {
        Assembler code = new Assembler();
        code.raw(
                Assembler.addi(Assembler.T0, Assembler.T0, 1),
                Assembler.addi(Assembler.A1, Assembler.A1, 3),
                Assembler.ld(Assembler.A0, Assembler.S0, 1),
                Assembler.addi(Assembler.A0, Assembler.A0, 5),
                Assembler.sd(Assembler.A0, Assembler.S0, 1));
        code.raw(Assembler.jal(0, -code.here()));
        return code;
    }

    @Test
    void loopThatMissesInEachRound() {
        run(loopOfMisses());
        assertTrue(translated.hart().tierCounters().translated() > INSTRUCTIONS / 4);
    }

    @Test
    void whatBeginsAtAMissDoesNotBecomeHot() {
        run(loopOfMisses());
        assertEquals(1, translated.hart().regionCount());
    }

    @Test
    void regionThatBeginsWithAMissDoesNotStandStill() {
        Assembler code = new Assembler();
        code.raw(Assembler.ld(Assembler.A0, Assembler.S0, 1), Assembler.addi(Assembler.A0, Assembler.A0, 5));
        code.raw(Assembler.jal(0, -code.here()));
        run(code);
        assertTrue(translated.hart().regionCount() > 0);
    }
}
