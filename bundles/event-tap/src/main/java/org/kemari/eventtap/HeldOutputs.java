package org.kemari.eventtap;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputProxy;

/**
 * What is held, in the order in which the guest said it, and its delivery. Outputs come in with their epoch, are delivered
 * when that epoch is released, one at a time and in order, whoever releases: the thread that finds nobody delivering does
 * it, also for what others release meanwhile. An output whose proxy has gone is kept until the proxy is back.
 *
 * <p>Any thread. No foreign code is called under the lock.
 */
final class HeldOutputs {
    /** Which proxy, across the life of its bundle. */
    record Port(String device, String port) {
        static Port of(OutputProxy proxy) {
            return new Port(proxy.device(), proxy.port());
        }
    }

    private record Held(long epoch, Port port, Output output) {}

    private final Function<Port, OutputProxy> proxies;
    private final Object lock = new Object();

    /** Not yet released, epochs ascending. */
    private final ArrayDeque<Held> waiting = new ArrayDeque<>();
    /** Released, but for a proxy that was away and is back; goes before {@link #waiting}. */
    private final ArrayDeque<Held> returned = new ArrayDeque<>();
    /** Released, but the proxy is away. */
    private final Map<Port, ArrayDeque<Held>> parked = new HashMap<>();

    private long releasedEpoch = Long.MIN_VALUE;
    private boolean delivering;
    private int count;
    private long bytes;

    /** @param proxies gives the proxy that is there now, or null */
    HeldOutputs(Function<Port, OutputProxy> proxies) {
        this.proxies = proxies;
    }

    void add(long epoch, Port port, Output output) {
        synchronized (lock) {
            waiting.add(new Held(epoch, port, output));
            count++;
            bytes += output.sizeBytes();
        }
    }

    /** Delivers everything of epochs up to {@code epoch}, unless another thread is at it: then that one does. */
    void release(long epoch) {
        synchronized (lock) {
            releasedEpoch = Math.max(releasedEpoch, epoch);
        }
        deliver();
    }

    /** As {@link #release} of all epochs, and returns only when everything is delivered or parked. */
    void releaseAll() {
        release(Long.MAX_VALUE);
        boolean interrupted = false;
        synchronized (lock) {
            while (delivering) {
                try {
                    // Deliveries never block, so this ends as soon as the other thread gets its turn.
                    lock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts anew: what is added from here on is held until its epoch is released. */
    void holdAgain() {
        synchronized (lock) {
            releasedEpoch = Long.MIN_VALUE;
        }
    }

    /** The proxy of {@code port} is back. */
    void returned(Port port) {
        synchronized (lock) {
            ArrayDeque<Held> kept = parked.remove(port);
            if (kept == null) {
                return;
            }
            returned.addAll(kept);
        }
        deliver();
    }

    /** Forgets everything. */
    void drop() {
        synchronized (lock) {
            waiting.clear();
            returned.clear();
            parked.clear();
            count = 0;
            bytes = 0;
        }
    }

    int count() {
        synchronized (lock) {
            return count;
        }
    }

    long bytes() {
        synchronized (lock) {
            return bytes;
        }
    }

    private void deliver() {
        synchronized (lock) {
            if (delivering) {
                return;
            }
            delivering = true;
        }
        while (true) {
            Held next;
            OutputProxy proxy;
            synchronized (lock) {
                next = next();
                if (next == null) {
                    delivering = false;
                    lock.notifyAll();
                    return;
                }
                proxy = parked.containsKey(next.port()) ? null : proxies.apply(next.port());
                if (proxy == null) {
                    parked.computeIfAbsent(next.port(), p -> new ArrayDeque<>()).add(next);
                    continue;
                }
                count--;
                bytes -= next.output().sizeBytes();
            }
            deliver(proxy, next.output());
        }
    }

    private Held next() {
        if (!returned.isEmpty()) {
            return returned.poll();
        }
        return !waiting.isEmpty() && waiting.peek().epoch() <= releasedEpoch ? waiting.poll() : null;
    }

    private void deliver(OutputProxy proxy, Output output) {
        boolean done = false;
        try {
            proxy.deliver(output);
            done = true;
        } finally {
            if (!done) {
                synchronized (lock) {
                    delivering = false;
                    lock.notifyAll();
                }
            }
        }
    }
}
