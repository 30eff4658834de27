package org.kemari.itests.container;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what other threads bring about. */
final class Eventually {
    static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 20;

    private Eventually() {}

    /** Returns when {@code condition} holds; fails with {@code what} after {@link #LIMIT}. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("waited " + LIMIT.toSeconds() + " s in vain for: " + what);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }
}
