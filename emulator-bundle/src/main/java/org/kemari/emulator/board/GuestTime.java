package org.kemari.emulator.board;

import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * Guest time as a function of instructions executed and clock inputs: a clock input sets it, and from there it advances
 * by one tick every {@link #INSTRUCTIONS_PER_TICK} instructions, at most {@link #MAX_AHEAD_TICKS} beyond the input,
 * never backwards.
 */
public final class GuestTime {
    /** The {@code time} CSR counts at 10 MHz, as QEMU's {@code virt} does. */
    public static final int TICK_NANOS = 100;

    /** Nominal rate between two clock inputs: 100 million instructions a second. */
    public static final int INSTRUCTIONS_PER_TICK = 10;

    /** Two periods of the clock inputs: bounds how far a fast host lets the guest's clock run ahead of the world's. */
    public static final long MAX_AHEAD_TICKS = 20_000;

    private long baseTicks;
    private long baseCount;
    private long clockMonotonicNanos;
    private long clockRealtimeNanos;

    /** Ticks since reset at the instruction {@code count}. */
    public long ticks(long count) {
        return baseTicks + Math.min((count - baseCount) / INSTRUCTIONS_PER_TICK, MAX_AHEAD_TICKS);
    }

    public long nanos(long count) {
        return ticks(count) * TICK_NANOS;
    }

    /** Nanoseconds since 1970 at the instruction {@code count}: the last clock input's, and guest time since. */
    public long realtimeNanos(long count) {
        return clockRealtimeNanos + (nanos(count) - clockMonotonicNanos);
    }

    /** The instruction count at which {@code tick} is reached; {@code Long.MAX_VALUE} if not before a clock input. */
    public long countAt(long tick) {
        if (Long.compareUnsigned(tick, baseTicks) <= 0) {
            return baseCount;
        }
        long ahead = tick - baseTicks;
        if (ahead < 0 || ahead > MAX_AHEAD_TICKS) {
            return Long.MAX_VALUE;
        }
        return baseCount + ahead * INSTRUCTIONS_PER_TICK;
    }

    public void take(Input.Clock clock, long count) {
        baseTicks = Math.max(ticks(count), clock.monotonicNanos() / TICK_NANOS);
        baseCount = count;
        // The monotonic reading that goes with the real-time one is guest time now, which may be ahead of the input's.
        clockMonotonicNanos = baseTicks * TICK_NANOS;
        clockRealtimeNanos = clock.realtimeNanos();
    }

    public void save(StateWriter out) {
        out.putLong("baseTicks", baseTicks);
        out.putLong("baseCount", baseCount);
        out.putLong("clockMonotonicNanos", clockMonotonicNanos);
        out.putLong("clockRealtimeNanos", clockRealtimeNanos);
    }

    public void restore(StateReader in) throws StateFormatException {
        baseTicks = in.getLong("baseTicks");
        baseCount = in.getLong("baseCount");
        clockMonotonicNanos = in.getLong("clockMonotonicNanos");
        clockRealtimeNanos = in.getLong("clockRealtimeNanos");
    }
}
