package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.kemari.emulator.ram.Ram;

/**
 * One region after the other: in S-mode, a loop calls what a page of its own address space has at {@link #FUNCTION}.
 * What followed there before is not what follows when the page's translation, or its content, has changed.
 */
class RegionRunnerTest {
    private static final int THRESHOLD = 50;

    /** Not a multiple of 2 MiB away from the loop: the two pages would have one place in the directory of pages. */
    private static final long FUNCTION = 0x4000_3000L;

    // Pages of RAM, by number.
    private static final int ROOT = 4;
    private static final int MIDDLE = 5;
    private static final int LEAF_TABLE = 6;
    private static final int ONE = 7;
    private static final int OTHER = 8;

    // Sv39 (privileged 1.13 §12.4): V, or V, R, W, X, A and D.
    private static final long POINTER = 1;
    private static final long MAPPED = 0xcf;

    private static final long LEAF = address(LEAF_TABLE) + 8 * (FUNCTION >>> 12 & 511);

    private static final long SV39 = 8L << 60;

    private static final int XOR = 4;
    private static final int AND_IMMEDIATE = 7;

    private static long address(int page) {
        return Ram.BASE + (long) page * Ram.PAGE_BYTES;
    }

    private static long entry(int page, long flags) {
        return address(page) >>> 12 << 10 | flags;
    }

    private static Assembler function(int adds) {
        return new Assembler()
                .raw(
                        Assembler.addi(Assembler.A0, Assembler.A0, adds),
                        Assembler.addi(Assembler.A1, Assembler.A1, 1),
                        Assembler.i(0x67, 0, Assembler.ZERO, Assembler.RA, 0));
    }

    private static void write(BareBoard board, long address, long value) {
        new Assembler().raw((int) value, (int) (value >>> 32)).store(board.ram, address);
    }

    private static void prepare(BareBoard board) {
        write(board, address(ROOT) + 8 * (Ram.BASE >>> 30), entry(0, MAPPED));
        write(board, address(ROOT) + 8 * (FUNCTION >>> 30), entry(MIDDLE, POINTER));
        write(board, address(MIDDLE) + 8 * (FUNCTION >>> 21 & 511), entry(LEAF_TABLE, POINTER));
        write(board, LEAF, entry(ONE, MAPPED));
        function(1).store(board.ram, address(ONE));
        function(16).store(board.ram, address(OTHER));
        Hart hart = board.hart();
        hart.reset(Ram.BASE, PrivilegeMode.SUPERVISOR, 0, 0);
        hart.setX(Assembler.S0, SV39 | address(ROOT) >>> 12);
        hart.setX(Assembler.S1, FUNCTION);
    }

    /** The loop, and what it does in each 256th round. */
    private static Assembler calling(int... seldom) {
        Assembler code = new Assembler().raw(Assembler.csrw(Csr.SATP, Assembler.S0), Assembler.SFENCE_VMA);
        int loop = code.here();
        code.raw(
                Assembler.addi(Assembler.T0, Assembler.T0, 1),
                Assembler.i(0x67, 0, Assembler.RA, Assembler.S1, 0),
                Assembler.i(0x13, AND_IMMEDIATE, Assembler.T1, Assembler.T0, 255));
        code.raw(Assembler.bne(Assembler.T1, Assembler.ZERO, loop - code.here()));
        code.raw(seldom);
        return code.raw(Assembler.jal(Assembler.ZERO, loop - code.here()));
    }

    private static void runBoth(Assembler code, long a2, long a3) {
        Hart hart = BothTiers.same(code, THRESHOLD, board -> {
            prepare(board);
            board.hart().setX(Assembler.A2, a2);
            board.hart().setX(Assembler.A3, a3);
        });
        assertTrue(
                hart.tierCounters().translated() > BothTiers.INSTRUCTIONS / 2,
                "little was translated: " + hart.tierCounters());
        assertTrue(hart.x(Assembler.A0) > 2 * hart.x(Assembler.A1), "one function only");
    }

    /** Exchanges a doubleword: the one at a2 becomes itself exclusive-or a3. */
    private static int[] exchange(int last) {
        return new int[] {
            Assembler.ld(Assembler.T1, Assembler.A2, 0),
            Assembler.r(0x33, XOR, 0, Assembler.T1, Assembler.T1, Assembler.A3),
            Assembler.sd(Assembler.T1, Assembler.A2, 0),
            last
        };
    }

    @Test
    void pageThatIsMappedElsewhere() {
        runBoth(calling(exchange(Assembler.SFENCE_VMA)), LEAF, entry(ONE, MAPPED) ^ entry(OTHER, MAPPED));
    }

    @Test
    void codeThatIsRewritten() {
        int one = function(1).words()[0];
        int other = function(16).words()[0];
        runBoth(calling(exchange(Assembler.FENCE_I)), address(ONE), (one ^ other) & 0xffff_ffffL);
    }

    @Test
    void jumpAloneInItsBlock() {
        Assembler there = new Assembler().raw(Assembler.jal(Assembler.ZERO, Ram.PAGE_BYTES));
        Assembler back = new Assembler().raw(Assembler.jal(Assembler.ZERO, -Ram.PAGE_BYTES));
        Hart hart = BothTiers.same(there, THRESHOLD, board -> back.store(board.ram, address(1)));
        assertTrue(
                hart.tierCounters().translated() > BothTiers.INSTRUCTIONS - 10 * THRESHOLD,
                "left to the interpreter: " + hart.tierCounters());
    }
}
