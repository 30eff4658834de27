package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.kemari.emulator.ram.Ram;

/** Accesses that the TLB does not answer end their region; the interpreter executes them and meets the region again. */
class TlbMissTest {
    /** More than what begins only where a run was cut reaches. */
    private static final int THRESHOLD = 100;

    private static Hart run(Assembler code) {
        return BothTiers.same(code, THRESHOLD, Ram.BASE + 0x10000, 0);
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
        assertTrue(run(loopOfMisses()).tierCounters().translated() > BothTiers.INSTRUCTIONS / 4);
    }

    @Test
    void whatBeginsAtAMissDoesNotBecomeHot() {
        assertEquals(1, run(loopOfMisses()).regionCount());
    }

    @Test
    void regionThatBeginsWithAMissDoesNotStandStill() {
        Assembler code = new Assembler();
        code.raw(Assembler.ld(Assembler.A0, Assembler.S0, 1), Assembler.addi(Assembler.A0, Assembler.A0, 5));
        code.raw(Assembler.jal(0, -code.here()));
        assertTrue(run(code).regionCount() > 0);
    }
}
