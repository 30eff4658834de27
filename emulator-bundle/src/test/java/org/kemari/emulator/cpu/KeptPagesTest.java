package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.kemari.emulator.ram.Ram;

/** Loops whose translation keeps pages from round to round, where a page kept too long would show. */
class KeptPagesTest {
    private static final int DATA = 0x10000;
    private static final int MTVEC = 0x305;
    private static final int MEPC = 0x341;

    private static int amoaddDouble(int rd, int address, int operand) {
        return Assembler.r(0x2f, 3, 0, rd, address, operand);
    }

    private static int add(int rd, int rs1, int rs2) {
        return Assembler.r(0x33, 0, 0, rd, rs1, rs2);
    }

    private static Hart sameOnBothTiers(Assembler code, long s0, long s1) {
        return BothTiers.same(code, 3, s0, s1);
    }

    @Test
    void loopsThatWalkOverPagesAlignedOrNot() {
        Assembler code = new Assembler();
        // t0 rounds; loads off s0 and stores off s1, both on their way over many pages, single and in spans.
        code.raw(
                Assembler.addi(Assembler.T0, 0, 1000),
                Assembler.ld(Assembler.A0, Assembler.S0, 0),
                add(Assembler.A2, Assembler.A2, Assembler.A0),
                Assembler.sd(Assembler.A2, Assembler.S1, 0),
                Assembler.sw(Assembler.T0, Assembler.S1, 8),
                Assembler.lw(Assembler.A1, Assembler.S1, 4),
                add(Assembler.A2, Assembler.A2, Assembler.A1),
                Assembler.addi(Assembler.S0, Assembler.S0, 13),
                Assembler.addi(Assembler.S1, Assembler.S1, 9),
                Assembler.addi(Assembler.T0, Assembler.T0, -1),
                Assembler.bne(Assembler.T0, 0, -36));
        code.raw(Assembler.jal(0, -code.here()));
        sameOnBothTiers(code, Ram.BASE + DATA, Ram.BASE + DATA + 0x800);
    }

    @Test
    void accessesOfTheSamePlaceInSeveralWidthsWithOthersInBetween() {
        Assembler code = new Assembler();
        // The span of each group is as wide as its widest access.
        code.raw(
                Assembler.addi(Assembler.T0, 0, 500),
                Assembler.lw(Assembler.A0, Assembler.S0, 0),
                Assembler.ld(Assembler.A1, Assembler.S1, 0),
                Assembler.ld(Assembler.A2, Assembler.S0, 0),
                Assembler.lw(Assembler.A3, Assembler.S1, 0),
                Assembler.sw(Assembler.A2, Assembler.S1, 16),
                Assembler.sd(Assembler.A1, Assembler.S0, 8),
                Assembler.sd(Assembler.T0, Assembler.S1, 16),
                Assembler.ld(Assembler.A0, Assembler.S0, 0),
                Assembler.addi(Assembler.S0, Assembler.S0, 8),
                Assembler.addi(Assembler.S1, Assembler.S1, 24),
                Assembler.addi(Assembler.T0, Assembler.T0, -1),
                Assembler.bne(Assembler.T0, 0, -44));
        code.raw(Assembler.jal(0, -code.here()));
        sameOnBothTiers(code, Ram.BASE + DATA, Ram.BASE + DATA + 0x8000);
    }

    @Test
    void accessesOffOneRegisterThatLieFarApartAndTakeTurns() {
        Assembler code = new Assembler();
        // Two groups off s0, one single access between, and the same for stores off s1: near the end of a page they lie
        // in different ones.
        code.raw(
                Assembler.addi(Assembler.T0, 0, 900),
                Assembler.ld(Assembler.A0, Assembler.S0, 0),
                Assembler.ld(Assembler.A1, Assembler.S0, 400),
                Assembler.ld(Assembler.A2, Assembler.S0, 1200),
                Assembler.ld(Assembler.A3, Assembler.S0, 8),
                add(Assembler.A0, Assembler.A0, Assembler.A3),
                Assembler.ld(Assembler.A3, Assembler.S0, 416),
                add(Assembler.A1, Assembler.A1, Assembler.A3),
                add(Assembler.A1, Assembler.A1, Assembler.A2),
                Assembler.sd(Assembler.A0, Assembler.S1, 0),
                Assembler.sd(Assembler.A1, Assembler.S1, 400),
                Assembler.sd(Assembler.T0, Assembler.S1, 1200),
                Assembler.sd(Assembler.A1, Assembler.S1, 8),
                Assembler.sd(Assembler.A0, Assembler.S1, 416),
                Assembler.addi(Assembler.S0, Assembler.S0, 24),
                Assembler.addi(Assembler.S1, Assembler.S1, 40),
                Assembler.addi(Assembler.T0, Assembler.T0, -1),
                Assembler.bne(Assembler.T0, 0, -64));
        code.raw(Assembler.jal(0, -code.here()));
        sameOnBothTiers(code, Ram.BASE + DATA, Ram.BASE + DATA + 0x800);
    }

    @Test
    void moreGroupsThanPagesAreKept() {
        int groups = 6;
        Assembler code = new Assembler();
        // Groups of two off s0 and off s1 that take turns: the last ones share a look in each round.
        code.raw(Assembler.addi(Assembler.T0, 0, 900));
        int loop = code.here();
        for (int second = 0; second <= 8; second += 8) {
            for (int group = 0; group < groups; group++) {
                code.raw(
                        Assembler.ld(Assembler.A0, Assembler.S0, 300 * group + second),
                        add(Assembler.A1, Assembler.A1, Assembler.A0));
            }
        }
        for (int second = 0; second <= 8; second += 8) {
            for (int group = 0; group < groups; group++) {
                code.raw(
                        Assembler.addi(Assembler.A1, Assembler.A1, 1),
                        Assembler.sd(Assembler.A1, Assembler.S1, 300 * group + second));
            }
        }
        code.raw(
                Assembler.addi(Assembler.S0, Assembler.S0, 24),
                Assembler.addi(Assembler.S1, Assembler.S1, 40),
                Assembler.addi(Assembler.T0, Assembler.T0, -1));
        code.raw(Assembler.bne(Assembler.T0, 0, loop - code.here()));
        code.raw(Assembler.jal(0, -code.here()));
        sameOnBothTiers(code, Ram.BASE + DATA, Ram.BASE + DATA + 0x800);
    }

    @Test
    void firstStoreToAPageIsAnAtomicsAndTheNextLoadSeesIt() {
        Assembler code = new Assembler();
        // Each round has a page that nothing was ever stored to: it is read, added to, and read again.
        code.raw(
                Assembler.addi(Assembler.T0, 0, 8),
                add(Assembler.S1, Assembler.S0, 0),
                Assembler.ld(Assembler.A0, Assembler.S1, 0),
                amoaddDouble(0, Assembler.S1, Assembler.T0),
                Assembler.ld(Assembler.A1, Assembler.S1, 0),
                add(Assembler.A2, Assembler.A2, Assembler.A1),
                add(Assembler.S1, Assembler.S1, Assembler.A3),
                Assembler.addi(Assembler.T0, Assembler.T0, -1),
                Assembler.bne(Assembler.T0, 0, -24),
                // the next eight pages
                add(Assembler.S0, Assembler.S1, 0));
        code.raw(Assembler.jal(0, -code.here()));
        Assembler begin = new Assembler();
        begin.raw(0x0000_1000 | Assembler.A3 << 7 | 0x37); // lui a3, 1
        Hart hart = sameOnBothTiers(begin.raw(code.words()), Ram.BASE + DATA, 0);
        assertTrue(hart.x(Assembler.A2) > 0);
    }

    @Test
    void anAddressThatNoPageHasTrapsThoughNoPageIsKept() {
        Assembler code = new Assembler();
        // The handler at 0x40 counts and goes on behind the instruction that trapped.
        code.raw(
                Assembler.addi(Assembler.T1, Assembler.S0, 0x40),
                Assembler.csrw(MTVEC, Assembler.T1),
                Assembler.ld(Assembler.A0, Assembler.S1, 0),
                Assembler.ld(Assembler.A0, Assembler.S1, 8),
                Assembler.sd(Assembler.A0, Assembler.S1, 16),
                Assembler.lw(Assembler.A0, Assembler.S0, 0),
                Assembler.addi(Assembler.T0, Assembler.T0, 1),
                Assembler.jal(0, -20));
        while (code.here() < 0x40) {
            code.raw(Assembler.addi(0, 0, 0));
        }
        code.raw(
                Assembler.addi(Assembler.A1, Assembler.A1, 1),
                Assembler.csrr(Assembler.T1, MEPC),
                Assembler.addi(Assembler.T1, Assembler.T1, 4),
                Assembler.csrw(MEPC, Assembler.T1),
                Assembler.MRET);
        Hart hart = sameOnBothTiers(code, Ram.BASE, Long.MIN_VALUE);
        assertTrue(hart.x(Assembler.A1) > 1_000, "only " + hart.x(Assembler.A1) + " traps");
    }
}
