package org.kemari.ft.session;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread on which one side of a protection makes its decisions. What is given to it after the end is dropped. */
public final class Strand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Strand.class);

    private final String vm;
    private final ScheduledThreadPoolExecutor executor;
    private volatile Thread thread;

    public Strand(String vm, String threadName) {
        this.vm = vm;
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, threadName);
            created.setDaemon(true);
            thread = created;
            return created;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    public void execute(Runnable task) {
        try {
            executor.execute(guarded(task));
        } catch (RejectedExecutionException ended) {
            LOG.debug("vm={} dropped a task after the end", vm);
        }
    }

    public void schedule(Runnable task, long delayNanos) {
        try {
            executor.schedule(guarded(task), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            LOG.debug("vm={} dropped a timer after the end", vm);
        }
    }

    /** Does {@code task} again and again. */
    public void repeat(Runnable task, long periodMillis) {
        executor.scheduleAtFixedRate(guarded(task), periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }

    /** Goes on here when {@code stage} is done; exactly one of result and failure is null, or both are. */
    public <T> void when(CompletionStage<T> stage, BiConsumer<T, Throwable> then) {
        stage.whenComplete((result, failure) -> execute(() -> then.accept(result, failure)));
    }

    public boolean here() {
        return Thread.currentThread() == thread;
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | AssertionError e) {
                LOG.error("vm={} an error of ours in the protection", vm, e);
            }
        };
    }

    @Override
    public void close() {
        executor.shutdown();
    }

    /** Waits, bounded, until the thread has ended. Not from the strand. */
    public boolean awaitEnd(long millis) throws InterruptedException {
        return executor.awaitTermination(millis, TimeUnit.MILLISECONDS);
    }
}
