package org.kemari.emulator.machine;

import java.util.Optional;
import org.kemari.api.machine.Input;

/** A host clock that is made up from what a board has executed, so that no world is needed, and a run can be had again. */
final class GuestPace {
    /** 100 million instructions a second, the nominal rate of guest time. */
    private static final long NANOS_PER_INSTRUCTION = 10;

    private final long epochNanos;

    /** How far the clock is ahead of the instructions. */
    private long aheadNanos;

    /** @param epochNanos what real-time clocks show at the start, in nanoseconds since 1970 */
    GuestPace(long epochNanos) {
        this.epochNanos = epochNanos;
    }

    /** The clock as {@code board} should see it now: a timer that it waits for is due. Empty if it waits for none. */
    Optional<Input> next(VirtBoard board) {
        if (board.idle()) {
            long nanos = board.nanosToTimer();
            if (nanos == Long.MAX_VALUE) {
                return Optional.empty();
            }
            aheadNanos += nanos;
        }
        long nanos = board.count() * NANOS_PER_INSTRUCTION + aheadNanos;
        return Optional.of(new Input.Clock(nanos, epochNanos + nanos));
    }
}
