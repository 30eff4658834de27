package org.kemari.emulator.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.Input;

class BoardPartsTest {
    private static final int PRIORITY_10 = 40;
    private static final int PENDING = 0x1000;
    private static final int ENABLE_S0 = 0x2080;
    private static final int THRESHOLD_S0 = 0x201000;
    private static final int CLAIM_S0 = 0x201004;

    private final Set<String> raised = new HashSet<>();
    private final HartInterrupts harts = (hart, bit, level) -> {
        if (level) {
            raised.add(hart + ":" + bit);
        } else {
            raised.remove(hart + ":" + bit);
        }
    };

    private Plic enabledPlic() {
        Plic plic = new Plic(2, harts);
        plic.write(PRIORITY_10, 4, 3);
        plic.write(ENABLE_S0, 4, 1 << 10);
        return plic;
    }

    @Test
    void aSourceIsClaimedOnceAndPendsAgainAfterItsCompletionWhileItsLevelStays() {
        Plic plic = enabledPlic();
        plic.line(10).set(true);
        assertTrue(raised.contains("0:9"));
        assertEquals(10, plic.read(CLAIM_S0, 4));
        assertFalse(raised.contains("0:9"));
        assertEquals(0, plic.read(CLAIM_S0, 4));
        plic.write(CLAIM_S0, 4, 10);
        assertTrue(raised.contains("0:9"));
        assertEquals(10, plic.read(CLAIM_S0, 4));
        plic.line(10).set(false);
        plic.write(CLAIM_S0, 4, 10);
        assertFalse(raised.contains("0:9"));
    }

    @Test
    void aThresholdMasksWhatIsNotAboveItAndAnUnclaimedRequestGoesWithItsLine() {
        Plic plic = enabledPlic();
        plic.write(THRESHOLD_S0, 4, 3);
        plic.line(10).set(true);
        assertFalse(raised.contains("0:9"));
        assertEquals(1 << 10, plic.read(PENDING, 4));
        plic.write(THRESHOLD_S0, 4, 2);
        assertTrue(raised.contains("0:9"));
        plic.line(10).set(false);
        assertFalse(raised.contains("0:9"));
        assertEquals(0, plic.read(CLAIM_S0, 4));
    }

    @Test
    void theHighestPriorityIsClaimedFirstAndTheLowestNumberAmongEquals() {
        Plic plic = new Plic(1, harts);
        plic.write(4, 4, 1);
        plic.write(8, 4, 5);
        plic.write(12, 4, 5);
        plic.write(ENABLE_S0, 4, 0xe);
        for (int source = 1; source <= 3; source++) {
            plic.line(source).set(true);
        }
        assertEquals(2, plic.read(CLAIM_S0, 4));
        assertEquals(3, plic.read(CLAIM_S0, 4));
        assertEquals(1, plic.read(CLAIM_S0, 4));
    }

    @Test
    void theClintDrivesSoftwareAndTimerInterrupts() {
        Clint clint = new Clint(2, harts);
        clint.write(4, 4, 1, 0);
        assertTrue(raised.contains("1:3"));
        clint.write(0x4000, 8, 100, 50);
        assertFalse(raised.contains("0:7"));
        assertEquals(100, clint.nextCompare(50));
        clint.update(100);
        assertTrue(raised.contains("0:7"));
        assertEquals(-1, clint.nextCompare(100));
        assertEquals(123, clint.read(0xbff8, 8, 123));
        clint.write(0x4004, 4, 1, 100);
        assertEquals((1L << 32) + 100, clint.read(0x4000, 8, 0));
        assertFalse(raised.contains("0:7"));
    }

    @Test
    void guestTimeFollowsInstructionsAtMostTwoMillisecondsBeyondTheClockAndNeverBackwards() {
        GuestTime time = new GuestTime();
        time.take(new Input.Clock(1_000_000, 5_000_000_000L), 500);
        assertEquals(10_000, time.ticks(500));
        assertEquals(10_001, time.ticks(510));
        assertEquals(10_000 + GuestTime.MAX_AHEAD_TICKS, time.ticks(10_000_000));
        assertEquals(510, time.countAt(10_001));
        assertEquals(Long.MAX_VALUE, time.countAt(10_001 + GuestTime.MAX_AHEAD_TICKS));
        long before = time.ticks(10_000_000);
        time.take(new Input.Clock(1_100_000, 5_000_100_000L), 10_000_000);
        assertEquals(before, time.ticks(10_000_000));
        assertEquals(5_000_100_000L, time.realtimeNanos(10_000_000));
    }

    @Test
    void theAlarmGoesOffOnceAndTheClockCanBeSet() {
        boolean[] line = new boolean[1];
        GoldfishRtc rtc = new GoldfishRtc(asserted -> line[0] = asserted);
        rtc.write(0x10, 1, 0);
        rtc.write(0x0c, 0, 0);
        rtc.write(0x08, 2000, 1000);
        assertEquals(1, rtc.read(0x18, 1000));
        assertEquals(1000, rtc.nanosToAlarm(1000));
        rtc.update(2000);
        assertTrue(line[0]);
        rtc.write(0x1c, 1, 2000);
        assertFalse(line[0]);
        rtc.write(0x04, 1, 3000);
        rtc.write(0x00, 7, 3000);
        assertEquals(8, rtc.read(0x00, 3001));
        assertEquals(1, rtc.read(0x04, 3001));
    }
}
