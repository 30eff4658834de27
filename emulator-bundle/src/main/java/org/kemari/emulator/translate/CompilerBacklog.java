package org.kemari.emulator.translate;

import java.util.function.LongSupplier;

/**
 * What HotSpot has probably still to compile of the bytecode that was given to it. It does not tell; but it tells for how
 * long its compilers have worked, and compilers that rested meanwhile have nothing left. While they do not rest, they are
 * taken to get through so much a second as on a slow host. One thread.
 */
final class CompilerBacklog {
    /** Of regions' bytecode, beside a busy guest. */
    static final long BYTES_PER_SECOND = 60_000;

    /** The compilers are looked at so often: a long compilation counts at its end only. */
    static final long LOOK_NANOS = 250_000_000;

    /** Compilers that worked for less than this share of the time, all together, had rests. */
    private static final double BUSY = 0.8;

    private final LongSupplier compilingMillis;
    private long bytes;
    private long atNanos;
    private long lookedNanos;
    private long lookedMillis;
    private long bytesSince;
    private int rests;

    /** @param compilingMillis for how long the compilers have worked since the JVM began, in milliseconds */
    CompilerBacklog(LongSupplier compilingMillis, long nowNanos) {
        this.compilingMillis = compilingMillis;
        atNanos = nowNanos;
        lookedNanos = nowNanos;
        lookedMillis = compilingMillis.getAsLong();
    }

    void add(int more, long nowNanos) {
        update(nowNanos);
        bytes += more;
        bytesSince += more;
    }

    long bytes(long nowNanos) {
        update(nowNanos);
        return bytes;
    }

    /** At so many looks, one after the other, the compilers had rested since the one before. */
    int rests() {
        return rests;
    }

    private void update(long nowNanos) {
        long compiled = (nowNanos - atNanos) / 1_000_000 * BYTES_PER_SECOND / 1_000;
        if (compiled > 0) {
            bytes = Math.max(0, bytes - compiled);
            atNanos = nowNanos;
        }
        long since = nowNanos - lookedNanos;
        if (since >= LOOK_NANOS) {
            long millis = compilingMillis.getAsLong();
            if ((millis - lookedMillis) * 1e6 < BUSY * since) {
                // What came since the last look may be what they work on now.
                bytes = Math.min(bytes, bytesSince);
                rests++;
            } else {
                rests = 0;
            }
            bytesSince = 0;
            lookedNanos = nowNanos;
            lookedMillis = millis;
        }
    }
}
