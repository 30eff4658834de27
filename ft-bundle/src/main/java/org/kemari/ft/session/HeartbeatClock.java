package org.kemari.ft.session;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does nothing but tick, so that no work of the protection delays a sign of life. */
public final class HeartbeatClock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatClock.class);
    private static final Runnable NOBODY = () -> {};

    private final String vm;
    private final ScheduledExecutorService executor;
    /** The session that wants signs of life. */
    private volatile Runnable ticked = NOBODY;

    public HeartbeatClock(String vm) {
        this.vm = vm;
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "ft-clock-" + vm);
            created.setDaemon(true);
            return created;
        });
    }

    /** Ticks at each interval from now on, for whoever is due then. */
    public void start(long intervalMillis) {
        executor.scheduleAtFixedRate(this::tick, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    /** From the next tick on this is called, on the clock's thread, and nothing else. Any thread. */
    public void tickFor(Runnable session) {
        ticked = session;
    }

    /** From the next tick on nobody is called. Any thread. */
    public void tickForNobody() {
        ticked = NOBODY;
    }

    private void tick() {
        try {
            ticked.run();
        } catch (RuntimeException | AssertionError e) {
            // Passed on, it would be the last tick.
            LOG.error("vm={} an error of ours in a sign of life", vm, e);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
