package org.kemari.ports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The backend factories that are there now, by {@code kemari.backend.type}. Services come and go on any thread;
 * listeners are called outside the lock, on the thread that brought the change, and read the current state themselves, so
 * that two changes told in the wrong order do no harm.
 */
public final class BackendTracker<F> {
    private final Map<String, List<F>> factories = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    public void add(String type, F factory) {
        synchronized (factories) {
            factories.computeIfAbsent(type, unused -> new ArrayList<>()).add(factory);
            factories.notifyAll();
        }
        listeners.forEach(Runnable::run);
    }

    public void remove(F factory) {
        synchronized (factories) {
            factories.values().forEach(sameType -> sameType.removeIf(each -> each == factory));
        }
        listeners.forEach(Runnable::run);
    }

    /** The factory to use for {@code type}: the one that has been there longest. */
    public Optional<F> current(String type) {
        synchronized (factories) {
            List<F> sameType = factories.getOrDefault(type, List.of());
            return sameType.isEmpty() ? Optional.empty() : Optional.of(sameType.get(0));
        }
    }

    /** True while {@code factory} has not been removed. */
    public boolean has(F factory) {
        synchronized (factories) {
            return factories.values().stream().flatMap(List::stream).anyMatch(each -> each == factory);
        }
    }

    /** Waits for a factory: bundles start in any order, and a disk's size must be known when its device is made. */
    Optional<F> await(String type, long timeoutMillis) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        synchronized (factories) {
            while (current(type).isEmpty()) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (leftMillis <= 0) {
                    return Optional.empty();
                }
                try {
                    factories.wait(leftMillis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return Optional.empty();
                }
            }
            return current(type);
        }
    }

    void listen(Runnable changed) {
        listeners.add(changed);
    }

    void forget(Runnable changed) {
        listeners.remove(changed);
    }
}
