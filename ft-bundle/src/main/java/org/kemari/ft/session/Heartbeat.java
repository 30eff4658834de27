package org.kemari.ft.session;

import java.util.function.LongConsumer;

/**
 * The sign of life of one session. {@link #tick} is called at each interval on a thread that does nothing else; a late
 * tick counts as at most two intervals of silence, so that a pause of this process is not taken for the peer's death.
 */
public final class Heartbeat {
    private static final long COPY_LIMIT_MILLIS = 5_000;

    private final long intervalNanos;
    private volatile long limitNanos;
    private final Runnable beat;
    private final LongConsumer lost;

    private volatile boolean heard = true;
    private volatile long lastHeardNanos;
    private volatile boolean ended;
    // Ticking thread only.
    private long lastTickNanos;
    private long silenceNanos;

    /**
     * @param beat sends a sign of life
     * @param lost is told once, with the milliseconds of silence
     */
    public Heartbeat(long intervalMillis, long limitMillis, long nowNanos, Runnable beat, LongConsumer lost) {
        this.intervalNanos = intervalMillis * 1_000_000;
        this.limitNanos = limitMillis * 1_000_000;
        this.beat = beat;
        this.lost = lost;
        lastTickNanos = nowNanos;
        lastHeardNanos = nowNanos;
    }

    /**
     * The limit until {@link #limit} sets a shorter one. While the first copy is under way nothing depends on a quick
     * decision, and both hosts are busier than they will ever be.
     */
    public static long copyLimitMillis(long limitMillis) {
        return Math.max(COPY_LIMIT_MILLIS, limitMillis);
    }

    /** Sets the limit that holds from here on. */
    public void limit(long limitMillis) {
        limitNanos = limitMillis * 1_000_000;
    }

    /** Something came from the peer. Any thread. */
    public void heard(long nowNanos) {
        lastHeardNanos = nowNanos;
        heard = true;
    }

    /** When the peer last gave a sign of life. */
    public long lastHeardNanos() {
        return lastHeardNanos;
    }

    public void end() {
        ended = true;
    }

    public void tick(long nowNanos) {
        if (ended) {
            return;
        }
        long passed = Math.min(nowNanos - lastTickNanos, 2 * intervalNanos);
        lastTickNanos = nowNanos;
        if (heard) {
            heard = false;
            silenceNanos = 0;
        } else {
            silenceNanos += passed;
        }
        beat.run();
        if (silenceNanos >= limitNanos) {
            ended = true;
            lost.accept(silenceNanos / 1_000_000);
        }
    }
}
