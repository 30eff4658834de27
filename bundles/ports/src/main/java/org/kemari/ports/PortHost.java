package org.kemari.ports;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What a device bundle lends to the ports of its devices: the service registry, and threads for all that may take time.
 * Owned by the bundle's component, closed when that is deactivated.
 */
public final class PortHost implements AutoCloseable {
    /** Opening an image on a slow file system may hold one thread; the other ports go on with the rest. */
    private static final int THREADS = 2;

    private final ProxyRegistry proxies;
    private final ScheduledThreadPoolExecutor executor;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    /** @param name names the threads */
    public PortHost(String name, ProxyRegistry proxies) {
        this.proxies = proxies;
        this.executor = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "kemari-ports-" + name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(10, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
    }

    ProxyRegistry proxies() {
        return proxies;
    }

    /** Runs {@code task} soon; after {@link #close} not at all. */
    void execute(Runnable task) {
        later(0, task);
    }

    void later(long delayMillis, Runnable task) {
        try {
            executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            // The bundle stops: its ports are closed, nobody waits for this any more.
            assert executor.isShutdown();
        }
    }

    void opened(AutoCloseable port) {
        open.add(port);
    }

    void closed(AutoCloseable port) {
        open.remove(port);
    }

    /** Closes what devices have left open, then ends the threads. */
    @Override
    public void close() {
        for (AutoCloseable port : open) {
            try {
                port.close();
            } catch (Exception e) {
                throw new AssertionError("ports do not throw when closed", e);
            }
        }
        executor.shutdownNow();
    }
}
