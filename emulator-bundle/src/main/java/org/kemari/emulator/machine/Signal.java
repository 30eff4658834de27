package org.kemari.emulator.machine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Wakes the machine thread. A signal raised before the wait is not lost. */
final class Signal {
    private final AtomicBoolean raised = new AtomicBoolean();
    private volatile Thread waiter;

    void waiter(Thread thread) {
        waiter = thread;
    }

    void raise() {
        if (!raised.getAndSet(true)) {
            LockSupport.unpark(waiter);
        }
    }

    /** Forgets that it was raised: to be called before everything that it may have been raised for is looked at. */
    void lower() {
        raised.set(false);
    }

    boolean raised() {
        return raised.get();
    }

    /** Waits until raised, or until {@code deadlineNanos} of {@code System.nanoTime()}; takes the signal. */
    void await(long deadlineNanos) {
        while (!raised.getAndSet(false)) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(this, left);
            // Nobody has a reason to interrupt this thread; a pending interrupt would turn waiting into spinning.
            Thread.interrupted();
        }
    }
}
