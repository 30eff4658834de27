package org.kemari.ports;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.kemari.api.backend.BackendException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place in a port where its backend sits: opened when it is wanted and its factory is there, closed when the factory
 * goes, opened again when one is back. Opening and closing may take time and happen on the port's threads, or on the
 * thread that stops a backend's bundle: never on the machine thread.
 */
final class BackendSlot<F, B extends AutoCloseable> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendSlot.class);

    /** What cannot be opened now (a port in use, a file not yet there) is tried again this often. */
    private static final long RETRY_MILLIS = 1000;

    /** Opens a backend. */
    @FunctionalInterface
    interface Opener<F, B> {
        B open(F factory) throws BackendException;
    }

    /** The port, told of what comes and goes. Never called for two changes at once. */
    interface Occupied<B> {
        void up(B backend);

        /** It goes: called before it is closed. */
        void down(B backend);

        /** It was wanted and is not there; says so once for each try. */
        void absent();
    }

    private final PortHost host;
    private final PortId id;
    private final BackendTracker<F> tracker;
    private final String type;
    private final Opener<F, B> opener;
    private final Occupied<B> port;
    private final Runnable changed = this::factoriesChanged;

    /**
     * Held while a backend is opened or closed, so that one is closed before the next is opened (a disk's lock needs
     * that). Neither the machine thread nor a backend's callback ever takes it.
     */
    private final ReentrantLock switching = new ReentrantLock();

    private Optional<F> factory = Optional.empty();
    private Optional<B> backend = Optional.empty();
    private boolean wanted;
    private boolean closed;

    BackendSlot(
            PortHost host, PortId id, BackendTracker<F> tracker, String type, Opener<F, B> opener, Occupied<B> port) {
        this.host = host;
        this.id = id;
        this.tracker = tracker;
        this.type = type;
        this.opener = opener;
        this.port = port;
        tracker.listen(changed);
    }

    /** Opens at once, on the caller's thread; from here on the backend is wanted. */
    void openNow(F from) throws BackendException {
        switching.lock();
        try {
            B opened = opener.open(from);
            wanted = true;
            occupy(from, opened);
        } finally {
            switching.unlock();
        }
    }

    /** From here on the backend is wanted. Returns at once. */
    void want() {
        host.execute(() -> {
            switching.lock();
            try {
                wanted = true;
                bringUp();
            } finally {
                switching.unlock();
            }
        });
    }

    private void factoriesChanged() {
        switching.lock();
        try {
            if (factory.isPresent() && !tracker.has(factory.get())) {
                LOG.info("vm={} device={} backend={} has gone", id.vm(), id.device(), type);
                vacate();
            }
            if (!wanted
                    || closed
                    || backend.isPresent()
                    || tracker.current(type).isEmpty()) {
                return;
            }
        } finally {
            switching.unlock();
        }
        want();
    }

    private void bringUp() {
        if (!wanted || closed || backend.isPresent()) {
            return;
        }
        Optional<F> from = tracker.current(type);
        if (from.isEmpty()) {
            LOG.warn(
                    "vm={} device={} backend={} is not here; start the bundle that provides it",
                    id.vm(),
                    id.device(),
                    type);
            port.absent();
            return;
        }
        try {
            occupy(from.get(), opener.open(from.get()));
        } catch (BackendException e) {
            LOG.warn(
                    "vm={} device={} backend={} cannot be opened, next try in {} ms: {}",
                    id.vm(),
                    id.device(),
                    type,
                    RETRY_MILLIS,
                    e.getMessage());
            port.absent();
            host.later(RETRY_MILLIS, changed);
        }
    }

    private void occupy(F from, B opened) {
        if (closed) {
            closeQuietly(opened);
            return;
        }
        factory = Optional.of(from);
        backend = Optional.of(opened);
        port.up(opened);
    }

    private void vacate() {
        backend.ifPresent(going -> {
            port.down(going);
            closeQuietly(going);
        });
        backend = Optional.empty();
        factory = Optional.empty();
    }

    private void closeQuietly(B going) {
        try {
            going.close();
        } catch (Exception e) {
            LOG.warn("vm={} device={} backend={} failed to close", id.vm(), id.device(), type, e);
        }
    }

    @Override
    public void close() {
        tracker.forget(changed);
        switching.lock();
        try {
            closed = true;
            vacate();
        } finally {
            switching.unlock();
        }
    }
}
