package org.kemari.ft.primary;

import org.kemari.api.tap.SealedEpoch;

/**
 * How long an epoch that has an output stays open for more of them. A guest that answers several peers in one go says it
 * all in one epoch then, instead of one answer in this and the rest in the next; it has, when it says nothing for a while,
 * though it may be busy with what comes next. A guest that says one thing at a time would only wait in vain, so this
 * learns from what was sealed whether waiting brings anything: from many epochs, as such a guest, too, says two things at
 * once now and then. Machine thread, but for {@link #pays}.
 */
final class EpochSettling {
    /** Outputs in an epoch, in the mean, from which on waiting brings something. */
    private static final double SEVERAL = 1.5;

    /** More in one epoch teach no more than so many: a burst is not a habit. */
    private static final int MOST = 4;

    /** What a single epoch weighs in the mean. */
    private static final double WEIGHT = 1.0 / 8;

    /** A guest that says nothing for so long has said all; between answers in one go lies less. */
    private static final long QUIET_NANOS = 200_000;

    private final long limitNanos;
    private volatile double outputs = MOST;
    private long firstNanos;
    private long lastNanos;

    EpochSettling(long limitNanos, long nowNanos) {
        this.limitNanos = limitNanos;
        begins(nowNanos);
    }

    /** Whether to wait at all. Any thread. */
    boolean pays() {
        return limitNanos > 0 && outputs > SEVERAL;
    }

    /** The first output of an epoch. */
    void begins(long nowNanos) {
        firstNanos = nowNanos;
        lastNanos = nowNanos;
    }

    /** One more. */
    void goesOn(long nowNanos) {
        lastNanos = nowNanos;
    }

    /** Whether the epoch has been open for long enough. */
    boolean over(long nowNanos) {
        return nowNanos - lastNanos >= QUIET_NANOS || nowNanos - firstNanos >= limitNanos;
    }

    /** An epoch without outputs teaches nothing; changes of disks, which are not held, do not count. */
    void sealed(SealedEpoch epoch) {
        int said = epoch.outputs().size();
        if (said > 0) {
            outputs += WEIGHT * (Math.min(said, MOST) - outputs);
        }
    }
}
