package org.kemari.emulator.machine;

/**
 * Lets the guest stand for an answer that is about to come. A guest that reads a sector executes some thousand
 * instructions to go to sleep, and as many to wake again; a host that has the sector cached is done sooner. So the machine
 * thread stays awake for a moment, behind the instruction that asked, and the answer is there at the next one.
 *
 * <p>Where answers take longer it soon gives up, and tries again now and then. Machine thread.
 */
final class AnswerWait {
    /** A host's page cache answers within half of it, on a host that has a processor left. */
    static final long USUAL_LIMIT_NANOS = 50_000;

    /** After waits in vain so many answers are not waited for, doubled each time: then waiting costs next to nothing. */
    private static final int MAX_DOUBLINGS = 8;

    /** With one processor, who answers would wait for it. */
    private static final boolean POSSIBLE = Runtime.getRuntime().availableProcessors() > 1;

    private final Signal signal;
    private final InputQueue inbox;
    private final long limitNanos;
    private boolean expected;
    private int vain;
    private int left;

    AnswerWait(Signal signal, InputQueue inbox, long limitNanos) {
        this.signal = signal;
        this.inbox = inbox;
        this.limitNanos = limitNanos;
    }

    /** An answer is expected; true if it is worth waiting for. */
    boolean expect() {
        if (!POSSIBLE) {
            return false;
        }
        if (left > 0) {
            left--;
            return false;
        }
        expected = true;
        return true;
    }

    /** Waits for what is expected, if anything is; whatever the machine thread has to look at is to be looked at next. */
    void await() {
        if (!expected) {
            return;
        }
        expected = false;
        signal.lower();
        long start = System.nanoTime();
        while (inbox.isEmpty() && !signal.raised() && System.nanoTime() - start < limitNanos) {
            Thread.onSpinWait();
        }
        if (!inbox.isEmpty()) {
            vain = 0;
        } else if (!signal.raised()) {
            vain = Math.min(MAX_DOUBLINGS, vain + 1);
            left = 1 << vain;
        }
    }
}
