package org.kemari.ft.session;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.kemari.api.protection.SessionThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one side of a protection makes its decisions: the thread that also carries its sessions, as each change of thread
 * on the way from the guest's word to its release is a wait for the guest. What is given to it after the end is dropped.
 */
public final class Strand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Strand.class);

    private final String vm;
    private final SessionThread thread;

    public Strand(String vm, SessionThread thread) {
        this.vm = vm;
        this.thread = thread;
    }

    /** For sessions whose events come to this strand. */
    public SessionThread thread() {
        return thread;
    }

    public void execute(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException ended) {
            LOG.debug("vm={} dropped a task after the end", vm);
        }
    }

    public void schedule(Runnable task, long delayNanos) {
        try {
            thread.schedule(guarded(task), Math.max(0, delayNanos));
        } catch (RejectedExecutionException ended) {
            LOG.debug("vm={} dropped a timer after the end", vm);
        }
    }

    /** Goes on here when {@code stage} is done; exactly one of result and failure is null, or both are. */
    public <T> void when(CompletionStage<T> stage, BiConsumer<T, Throwable> then) {
        stage.whenComplete((result, failure) -> execute(() -> then.accept(result, failure)));
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
        thread.close();
    }
}
