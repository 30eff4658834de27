package org.kemari.emulator.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.machine.Input;
import org.kemari.emulator.state.EncodedStateReader;
import org.kemari.emulator.state.EncodedStateWriter;

class GuestTimeTest {
    private static final long PERIOD_NANOS = 1_000_000;
    private static final long AHEAD_NANOS = GuestTime.MAX_AHEAD_TICKS * GuestTime.TICK_NANOS;

    private final GuestTime time = new GuestTime();

    private void clock(long nanos, long count) {
        time.take(new Input.Clock(nanos, nanos), count);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 40, 100, 700, 3_000, 20_000})
    void followsTheWorldHoweverFastTheGuestIs(long instructionsPerMicrosecond) {
        long perPeriod = instructionsPerMicrosecond * 1_000;
        for (int period = 1; period <= 5_000; period++) {
            long before = time.nanos((period - 1) * perPeriod);
            long world = period * PERIOD_NANOS;
            long reached = time.nanos(period * perPeriod);
            assertTrue(reached >= before);
            assertTrue(reached <= world - PERIOD_NANOS + AHEAD_NANOS, () -> "ran to " + reached + " at " + world);
            clock(world, period * perPeriod);
            assertTrue(time.nanos(period * perPeriod) >= world);
        }
    }

    @Test
    void passesEvenlyOnceTheRateIsKnown() {
        long perPeriod = 1_500_000;
        for (int period = 1; period <= 10; period++) {
            clock(period * PERIOD_NANOS, period * perPeriod);
        }
        // Before the first input it ran ahead; after a few it has been caught up with, and half a period is a half.
        long start = time.nanos(10 * perPeriod);
        long half = time.nanos(10 * perPeriod + perPeriod / 2) - start;
        assertTrue(half >= PERIOD_NANOS * 4 / 10 && half <= PERIOD_NANOS * 6 / 10, "half a period is " + half);
    }

    @Test
    void intervalOfASleepingGuestSaysNothingOfItsSpeed() {
        for (int period = 1; period <= 10; period++) {
            clock(period * PERIOD_NANOS, period * 1_000_000L);
        }
        long awake = time.nanos(10_100_000) - time.nanos(10_000_000);
        clock(500 * PERIOD_NANOS, 10_000_500);
        assertEquals(awake, time.nanos(10_100_500) - time.nanos(10_000_500));
    }

    @Test
    void countOfATickIsTheFirstAtWhichItIsReached() {
        Random random = new Random(20261126);
        long count = 0;
        long world = 0;
        for (int i = 0; i < 2_000; i++) {
            count += random.nextInt(4_000_000);
            world += random.nextInt(2_000_000);
            clock(world, count);
            long now = time.ticks(count);
            long tick = now + 1 + random.nextInt(30_000);
            long at = time.countAt(tick);
            if (at == Long.MAX_VALUE) {
                assertTrue(time.ticks(count + 1_000_000_000L) < tick);
            } else {
                assertEquals(tick, time.ticks(at));
                assertTrue(time.ticks(at - 1) < tick);
            }
        }
    }

    @Test
    void restoredTimeGoesOnAsTheSavedOne() throws Exception {
        for (int period = 1; period <= 20; period++) {
            clock(period * PERIOD_NANOS, period * 700_000L);
        }
        EncodedStateWriter out = new EncodedStateWriter(1);
        time.save(out);
        GuestTime other = new GuestTime();
        other.restore(EncodedStateReader.decode(out.encode()));
        for (long count = 14_000_000; count < 20_000_000; count += 9_973) {
            assertEquals(time.ticks(count), other.ticks(count));
            assertEquals(time.realtimeNanos(count), other.realtimeNanos(count));
        }
    }
}
