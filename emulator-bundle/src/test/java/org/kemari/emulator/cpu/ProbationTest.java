package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProbationTest {
    private static final long SLOW = 100_000;
    private static final long FAST = 600;
    private static final long INSTRUCTIONS = 100;

    /** Of so many executions, how many went to the region; it never becomes fast. */
    private static int entries(Probation probation, int executions) {
        int entries = 0;
        for (int i = 0; i < executions; i++) {
            if (!probation.rests()) {
                entries++;
                assertFalse(probation.passed(SLOW, INSTRUCTIONS), "slow, and passed");
            }
        }
        return entries;
    }

    @Test
    void aNewRegionIsEnteredUntilHotSpotHasQueuedIt() {
        assertTrue(entries(new Probation(), 64) == 64, "left to the interpreter before HotSpot knew of it");
    }

    @Test
    void aSlowRegionIsTriedAgainEverMoreSeldomButForEver() {
        Probation probation = new Probation();
        entries(probation, 64);
        int first = entries(probation, 1_000);
        int later = entries(probation, 100_000);
        assertTrue(first < 15, first + " entries of a slow region in 1,000 executions");
        assertTrue(later > 300 && later < 500, later + " entries of a slow region in 100,000 executions");
    }

    @Test
    void aFastEntryEndsIt() {
        Probation probation = new Probation();
        assertTrue(probation.passed(FAST, INSTRUCTIONS), "fast at once");
        entries(probation, 10_000);
        assertTrue(probation.passed(FAST, INSTRUCTIONS), "fast in the end");
    }
}
