package org.kemari.emulator.machine;

import org.kemari.api.machine.Input;

/** A host clock that is made up from what a board has executed, so that a run can be had again. One thread. */
final class GuestPace {
    /** 100 million instructions a second, the nominal rate of guest time. */
    private static final long NANOS_PER_INSTRUCTION = 10;

    private static final long EPOCH_NANOS = 1_700_000_000_000_000_000L;

    private long aheadNanos;

    /** The clock as {@code board} should see it now: where it waits for a timer, that is due. */
    Input next(VirtBoard board) {
        if (board.idle()) {
            long nanos = board.nanosToTimer();
            if (nanos == Long.MAX_VALUE) {
                throw new AssertionError("the guest waits for what does not come, at " + board.count());
            }
            aheadNanos += nanos;
        }
        long nanos = board.count() * NANOS_PER_INSTRUCTION + aheadNanos;
        return new Input.Clock(nanos, EPOCH_NANOS + nanos);
    }
}
