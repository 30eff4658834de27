package org.kemari.emulator.board;

import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * Guest time as a function of instructions executed and clock inputs: a clock input sets it, and from there it advances
 * with the instructions, at the rate that the last inputs have shown, at most {@link #MAX_AHEAD_TICKS} beyond the
 * input, never backwards.
 */
public final class GuestTime {
    /** The {@code time} CSR counts at 10 MHz, as QEMU's {@code virt} does. */
    public static final int TICK_NANOS = 100;

    /** Two periods of the clock inputs: bounds how far a fast host lets the guest's clock run ahead of the world's. */
    public static final long MAX_AHEAD_TICKS = 20_000;

    /** What is taken for the rate at reset: 100 million instructions a second. */
    private static final long FIRST_INSTRUCTIONS_PER_TICK = 10;

    /** 10 million instructions a second; an interval with fewer was not one of a busy guest and says nothing. */
    private static final long LEAST_INSTRUCTIONS_PER_TICK = 1;

    private static final long MOST_INSTRUCTIONS_PER_TICK = 1_000;

    private long baseTicks;
    private long baseCount;
    private long worldTicks;
    private long instructionsPerTick = FIRST_INSTRUCTIONS_PER_TICK;
    private long clockMonotonicNanos;
    private long clockRealtimeNanos;

    /** Ticks since reset at the instruction {@code count}. */
    public long ticks(long count) {
        return Math.min(baseTicks + (count - baseCount) / instructionsPerTick, ceiling());
    }

    /** What is not passed before the next clock input: of the world, not of guest time, or every input would add to it. */
    private long ceiling() {
        return Math.max(baseTicks, worldTicks + MAX_AHEAD_TICKS);
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
        if (tick < 0 || tick > ceiling()) {
            return Long.MAX_VALUE;
        }
        return baseCount + (tick - baseTicks) * instructionsPerTick;
    }

    public void take(Input.Clock clock, long count) {
        long world = clock.monotonicNanos() / TICK_NANOS;
        baseTicks = Math.max(ticks(count), world);
        learn(count - baseCount, world - worldTicks);
        baseCount = count;
        worldTicks = world;
        // The monotonic reading that goes with the real-time one is guest time now, which may be ahead of the input's.
        clockMonotonicNanos = baseTicks * TICK_NANOS;
        clockRealtimeNanos = clock.realtimeNanos();
    }

    /**
     * Follows a rising rate at once and a falling one slowly: an interval in which the guest also slept shows less than
     * what it executes when it is busy, and a clock that is too slow for a while is put right by the next input.
     */
    private void learn(long executed, long passedTicks) {
        if (passedTicks <= 0 || executed < passedTicks * LEAST_INSTRUCTIONS_PER_TICK) {
            return;
        }
        long seen = Math.min(executed / passedTicks, MOST_INSTRUCTIONS_PER_TICK);
        if (seen >= instructionsPerTick) {
            instructionsPerTick = seen;
        } else {
            instructionsPerTick -= (instructionsPerTick - seen + 15) / 16;
        }
    }

    public void save(StateWriter out) {
        out.putLong("baseTicks", baseTicks);
        out.putLong("baseCount", baseCount);
        out.putLong("worldTicks", worldTicks);
        out.putLong("instructionsPerTick", instructionsPerTick);
        out.putLong("clockMonotonicNanos", clockMonotonicNanos);
        out.putLong("clockRealtimeNanos", clockRealtimeNanos);
    }

    public void restore(StateReader in) throws StateFormatException {
        baseTicks = in.getLong("baseTicks");
        baseCount = in.getLong("baseCount");
        worldTicks = in.getLong("worldTicks");
        instructionsPerTick = in.getLong("instructionsPerTick");
        if (instructionsPerTick < LEAST_INSTRUCTIONS_PER_TICK || instructionsPerTick > MOST_INSTRUCTIONS_PER_TICK) {
            throw new StateFormatException("instructionsPerTick=" + instructionsPerTick + " is out of range");
        }
        clockMonotonicNanos = in.getLong("clockMonotonicNanos");
        clockRealtimeNanos = in.getLong("clockRealtimeNanos");
    }
}
