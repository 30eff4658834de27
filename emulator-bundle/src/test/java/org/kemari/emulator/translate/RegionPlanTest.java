package org.kemari.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.kemari.emulator.cpu.Assembler;
import org.kemari.emulator.cpu.PageProfile;

/** Which code a region takes in. */
class RegionPlanTest {
    private static final int MANY = 80;
    private static final int NOP = 0x13;
    private static final int RET = 0x8067;
    private static final int JUMP_A5 = 0x78067;

    private static int branch(int offset) {
        return Assembler.bne(Assembler.A0, 0, offset);
    }

    private static int jump(int offset) {
        return Assembler.jal(0, offset);
    }

    private static int call(int offset) {
        return Assembler.jal(1, offset);
    }

    private static PageCode page(int... words) {
        ByteBuffer page = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            page.putInt(word);
        }
        return new PageCode(page.array());
    }

    private static BitSet set(int... offsets) {
        BitSet set = new BitSet();
        for (int offset : offsets) {
            set.set(offset);
        }
        return set;
    }

    private static PageProfile warm(int... offsets) {
        return new PageProfile(set(offsets), set(offsets));
    }

    private static RegionPlan plan(PageCode code, PageProfile profile) {
        return RegionPlan.of(code, profile, 0, MANY);
    }

    private static TreeSet<Integer> starts(RegionPlan plan) {
        return plan.blocks().stream().map(block -> block.start).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void aWayThatWasNeverTakenIsLeftOut() {
        PageCode code = page(branch(12), NOP, RET, NOP, RET);
        assertEquals("[0, 4]", starts(plan(code, warm(0, 4))).toString());
        assertEquals("[0, 4, 12]", starts(plan(code, warm(0, 4, 12))).toString());
        assertEquals("[0, 4, 12]", starts(plan(code, PageProfile.UNKNOWN)).toString());
    }

    @Test
    void aShortFunctionIsFollowedThereAndBack() {
        // Twice in a loop: 0 call 16; 4 call 16; 8 bnez 0; 12 ret; 16 nop; 20 ret.
        PageCode code = page(call(16), call(12), branch(-8), RET, NOP, RET);
        RegionPlan plan = plan(code, warm(0, 4, 8, 12, 16));
        assertEquals("[0, 4, 8, 12, 16]", starts(plan).toString());
        assertArrayEquals(new int[] {4, 8}, plan.at(16).targets, "where the function returns to");
        assertNotNull(plan.taken(plan.at(0)), "the call leads out");
    }

    @Test
    void aFunctionThatCallsAFunctionIsFollowed() {
        // 0 call 12; 4 bnez 0; 8 ret; 12 call 20; 16 ret; 20 nop; 24 ret.
        PageCode code = page(call(12), branch(-4), RET, call(8), RET, NOP, RET);
        RegionPlan plan = plan(code, warm(0, 4, 8, 12, 16, 20));
        assertEquals("[0, 4, 8, 12, 16, 20]", starts(plan).toString());
        assertArrayEquals(new int[] {4, 16}, plan.at(20).targets);
    }

    @Test
    void aFunctionThatCallsItselfIsALoop() {
        // 0 bnez 8; 4 call 0; 8 ret.
        RegionPlan plan = plan(page(branch(8), call(-4), RET), warm(0, 4, 8));
        assertEquals("[0, 4, 8]", starts(plan).toString());
        assertEquals(plan.at(0), plan.taken(plan.at(4)), "where the call leads");
        assertArrayEquals(new int[] {8}, plan.at(8).targets);
    }

    @Test
    void aFunctionThatCallsItselfIsALoopWhereverItIsEntered() {
        // 0 nop; 4 bnez 16; 8 call 0; 12 bnez 8; 16 ret. What is behind the call is as often hot first.
        PageCode code = page(NOP, branch(12), call(-8), branch(-4), RET);
        RegionPlan plan = RegionPlan.of(code, warm(0, 8, 12, 16), 12, MANY);
        assertEquals("[0, 8, 12, 16]", starts(plan).toString());
        assertEquals(plan.at(0), plan.taken(plan.at(8)), "where the call leads");
        assertArrayEquals(new int[] {12}, plan.at(16).targets);
    }

    @Test
    void callsThatDoNotPayEndARegion() {
        // Of a function that is executed seldom, that calls itself, that leaves the page, that is not known to return.
        PageCode seldom = page(call(8), RET, NOP, RET);
        assertNull(plan(seldom, warm(0, 4)).taken(plan(seldom, warm(0, 4)).at(0)));
        assertNull(plan(seldom, PageProfile.UNKNOWN)
                .taken(plan(seldom, PageProfile.UNKNOWN).at(0)));
        for (PageCode code : new PageCode[] {
            page(call(8), RET, call(0), RET), page(call(8), RET, call(4096), RET), page(call(8), RET, jump(4096))
        }) {
            RegionPlan plan = plan(code, warm(0, 4, 8, 12));
            assertEquals("[0]", starts(plan).toString());
            assertNull(plan.taken(plan.at(0)));
        }
    }

    @Test
    void aJumpOrBranchAloneIsARegionUnlessItMayBeFollowedLater() {
        assertTrue(plan(page(call(4096)), warm(0)).worthwhile(), "call of another page");
        assertTrue(plan(page(RET), warm(0)).worthwhile(), "return");
        assertTrue(plan(page(branch(8), NOP, NOP), warm(0)).worthwhile(), "branch to where others begin");
        PageCode toShort = page(call(8), RET, NOP, RET);
        assertFalse(plan(toShort, warm(0, 4)).worthwhile(), "call of a function that is not warm yet");
        assertEquals("[0, 4, 8]", starts(plan(toShort, warm(0, 4, 8))).toString());
        PageCode toItself = page(call(8), RET, call(0), RET);
        assertTrue(plan(toItself, warm(0, 4, 8)).worthwhile(), "call of a warm function that is not followed");
        assertFalse(
                plan(page(NOP, 0), warm(0)).worthwhile(), "an instruction that goes on with what is not translated");
        assertFalse(plan(page(0), warm(0)).worthwhile(), "nothing that can be translated");
    }

    @Test
    void casesOfASwitchAreFollowed() {
        // 0 jr a5; 4 never executed; 8, 16: cases that go on at 24; 24 bnez 0; 28 ret.
        PageCode code = page(JUMP_A5, NOP, NOP, jump(12), NOP, jump(4), branch(-24), RET);
        RegionPlan plan = plan(code, warm(0, 8, 16, 24, 28));
        assertEquals("[0, 8, 16, 24, 28]", starts(plan).toString());
        assertArrayEquals(new int[] {8, 16}, plan.at(0).targets);
        // Not known: the jump leads out.
        assertEquals("[0]", starts(plan(code, PageProfile.UNKNOWN)).toString());
    }

    @Test
    void aPageFullOfEntriesIsNoSwitch() {
        int[] words = new int[64];
        int[] entries = new int[32];
        words[0] = JUMP_A5;
        words[1] = NOP;
        for (int i = 2; i < words.length; i += 2) {
            words[i] = NOP;
            words[i + 1] = RET;
            entries[i / 2] = 4 * i;
        }
        assertEquals("[0]", starts(plan(page(words), warm(entries))).toString());
    }
}
