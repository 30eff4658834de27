package org.kemari.ft.primary;

import org.kemari.api.tap.SealedEpoch;

/**
 * How long an epoch that has an output may stay open for more of them. A guest that answers several peers in one go says
 * it all in one epoch then, instead of one answer in this and the rest in the next. A guest that says one thing at a time
 * would only wait in vain, so this learns from what was sealed whether waiting brings anything. {@link #limitNanos} on any
 * thread, {@link #sealed} on the machine thread.
 */
final class EpochSettling {
    /** So many epochs in a row with a single output each: waiting brings nothing. */
    static final int ALONE = 8;

    private final long limitNanos;
    private volatile int alone;

    EpochSettling(long limitNanos) {
        this.limitNanos = limitNanos;
    }

    long limitNanos() {
        return alone < ALONE ? limitNanos : 0;
    }

    /** An epoch without outputs teaches nothing; changes of disks, which are not held, do not count. */
    void sealed(SealedEpoch epoch) {
        int outputs = epoch.outputs().size();
        if (outputs == 1) {
            alone = Math.min(alone + 1, ALONE);
        } else if (outputs > 1) {
            // What came behind the first output, or while the backup was waited for, would have gone with it.
            alone = 0;
        }
    }
}
