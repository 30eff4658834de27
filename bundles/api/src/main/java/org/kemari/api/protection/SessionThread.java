package org.kemari.api.protection;

/**
 * One thread that carries sessions. Their handlers are called on it, and sending from it is a matter of that thread alone:
 * who decides there, too, hears and answers without a change of thread. Tasks must not block: nothing is sent or received
 * meanwhile. Any thread may call.
 */
public interface SessionThread extends AutoCloseable {
    /**
     * Does {@code task} behind all that was given before.
     *
     * @throws java.util.concurrent.RejectedExecutionException after the thread's end
     */
    void execute(Runnable task);

    /**
     * Does {@code task} after that time, to about a millisecond.
     *
     * @throws java.util.concurrent.RejectedExecutionException after the thread's end
     */
    void schedule(Runnable task, long delayNanos);

    /** Ends the thread behind all that was given before. Sessions that are still open are closed. Does not wait. */
    @Override
    void close();
}
