package org.kemari.ft.session;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does nothing but tick, so that no work of the protection delays a sign of life. */
public final class HeartbeatClock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatClock.class);

    private final String vm;
    private final ScheduledExecutorService executor;

    public HeartbeatClock(String vm) {
        this.vm = vm;
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "ft-clock-" + vm);
            created.setDaemon(true);
            return created;
        });
    }

    /** Calls {@code tick} at each interval from now on. */
    public void start(Runnable tick, long intervalMillis) {
        executor.scheduleAtFixedRate(() -> guarded(tick), intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    /** A tick that throws would be the last one. */
    private void guarded(Runnable tick) {
        try {
            tick.run();
        } catch (RuntimeException | AssertionError e) {
            LOG.error("vm={} an error of ours in a sign of life", vm, e);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
