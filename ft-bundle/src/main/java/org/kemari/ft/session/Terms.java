package org.kemari.ft.session;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ArbiterException;
import org.kemari.ft.config.FtSettings;

/** The arbiter of one VM, asked on a thread that may wait for it. Any thread. */
public final class Terms implements AutoCloseable {
    /** How long to wait before an arbiter that could not be asked is asked again. */
    public static final long RETRY_NANOS = 200_000_000L;

    private final Arbiter arbiter;
    private final String location;
    private final String vm;
    private final String node;
    private final ExecutorService thread;

    public Terms(Arbiter arbiter, FtSettings settings) {
        this.arbiter = arbiter;
        this.location = settings.arbiterLocation();
        this.vm = settings.vm();
        this.node = settings.node();
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "ft-arbiter-" + settings.vm());
            created.setDaemon(true);
            return created;
        });
    }

    public String node() {
        return node;
    }

    public String location() {
        return location;
    }

    public CompletableFuture<Arbiter.Term> claim(long term) {
        return ask(() -> arbiter.claim(location, vm, term, node));
    }

    public CompletableFuture<Optional<Arbiter.Term>> current() {
        return ask(() -> arbiter.current(location, vm));
    }

    private <T> CompletableFuture<T> ask(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    answer.complete(question.call());
                } catch (Exception e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new ArbiterException("protection of " + vm + " has ended", e));
        }
        return answer;
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
