package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.kemari.emulator.ram.Ram;

/** What a translator is told of the ways through a page. */
class PageProfileTest {
    private static final int THRESHOLD = 2_000;

    /** Tells of the first block that becomes hot. */
    private static final class Listener implements CodeTranslator {
        private PageProfile profile;

        @Override
        public int threshold() {
            return THRESHOLD;
        }

        @Override
        public int maxRegions() {
            return 1;
        }

        @Override
        public boolean submit(RegionRequest request) {
            profile = profile == null ? request.profile : profile;
            return false;
        }
    }

    /**
     * 0 addi; 4 andi; 8 bne to 20; 12 addi; 16 jal 0; 20 addi; 24 jal 0: taken unless these bits of a counter are clear.
     */
    private static PageProfile ofLoop(int first, int unlessClear) {
        BareBoard board = new BareBoard(1 << 20, 1);
        new Assembler()
                .raw(
                        Assembler.addi(Assembler.T0, Assembler.T0, 1),
                        Assembler.i(0x13, 7, Assembler.A0, Assembler.T0, unlessClear),
                        Assembler.bne(Assembler.A0, 0, 12),
                        Assembler.addi(Assembler.A1, Assembler.A1, 1),
                        Assembler.jal(0, -16),
                        Assembler.addi(Assembler.A2, Assembler.A2, 1),
                        Assembler.jal(0, -24))
                .store(board.ram, Ram.BASE);
        Listener listener = new Listener();
        board.hart().translateWith(listener);
        board.hart().setX(Assembler.T0, first);
        board.hart().run(THRESHOLD * 6L);
        return listener.profile;
    }

    @Test
    void whatLiesBehindABranchThatIsPassedIsMet() {
        for (int first = 0; first < 16; first++) {
            PageProfile profile = ofLoop(first, 15);
            assertTrue(profile.met(0));
            assertTrue(profile.met(12), "passed once in 16 times");
            assertTrue(profile.met(20), "taken otherwise");
            assertFalse(profile.met(8), "within a block");
        }
    }

    @Test
    void whatLiesBehindABranchThatIsHardlyEverPassedIsNot() {
        PageProfile profile = ofLoop(512, 1023);
        assertFalse(profile.met(12), "passed once in 1,024 times");
        assertTrue(profile.met(20));
    }
}
