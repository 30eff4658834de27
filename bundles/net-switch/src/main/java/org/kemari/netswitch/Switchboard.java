package org.kemari.netswitch;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.NetBackend;
import org.kemari.api.backend.NetBackendFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All networks of this container, and the one event loop on which they live. */
final class Switchboard implements NetBackendFactory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);

    /** A stopping container waits no longer for deliveries under way. */
    private static final long STOP_SECONDS = 3;

    private final LongSupplier nanos;
    private final Runnable changed;
    private final MultiThreadIoEventLoopGroup loops;
    private final EventLoop loop;

    private final Object lock = new Object();
    /** By name; under the lock. */
    private final Map<String, Network> networks = new TreeMap<>();

    /**
     * @param nanos monotonic clock, for ageing
     * @param changed told, outside any lock, when a network came or went
     */
    Switchboard(LongSupplier nanos, Runnable changed) {
        this.nanos = nanos;
        this.changed = changed;
        this.loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("kemari-net", true), NioIoHandler.newFactory());
        this.loop = loops.next();
    }

    /** A network's being there, by one configuration. */
    final class Definition {
        private NetworkSpec spec;

        private Definition(NetworkSpec spec) {
            this.spec = spec;
        }

        /** Changes it live: ports stay attached. If that fails, what was there stands. */
        void change(NetworkSpec wanted) throws NetworkException {
            synchronized (lock) {
                if (wanted.name().equals(spec.name())) {
                    networks.get(spec.name()).define(wanted);
                } else {
                    rename(wanted);
                }
                spec = wanted;
            }
            logHere(wanted);
            changed.run();
        }

        private void rename(NetworkSpec wanted) throws NetworkException {
            refuseSecond(wanted);
            Network old = networks.get(spec.name());
            old.remove(); // First, since the new one may want the same address.
            try {
                network(wanted.name()).define(wanted);
            } catch (NetworkException e) {
                old.define(spec);
                throw e;
            }
        }

        void remove() {
            synchronized (lock) {
                networks.get(spec.name()).remove();
            }
            LOG.info("network={} is gone; {}", spec.name(), counters(spec.name()));
            changed.run();
        }
    }

    Definition define(NetworkSpec spec) throws NetworkException {
        synchronized (lock) {
            refuseSecond(spec);
            network(spec.name()).define(spec);
        }
        logHere(spec);
        changed.run();
        return new Definition(spec);
    }

    private static void logHere(NetworkSpec spec) {
        LOG.info(
                "network={} vni={} listen={} peers={} is here",
                spec.name(),
                spec.vni(),
                spec.listen().map(Object::toString).orElse("none"),
                spec.peers());
    }

    private Network network(String name) {
        return networks.computeIfAbsent(name, unused -> new Network(loop, nanos));
    }

    private void refuseSecond(NetworkSpec spec) throws NetworkException {
        Network there = networks.get(spec.name());
        if (there != null && there.spec().isPresent()) {
            throw new NetworkException(
                    "name=" + spec.name() + " is defined by another configuration; use another name, or remove one",
                    null);
        }
    }

    /** Networks that are there now. */
    List<String> names() {
        synchronized (lock) {
            List<String> names = new ArrayList<>();
            networks.forEach((name, network) -> network.spec().ifPresent(spec -> names.add(name)));
            return names;
        }
    }

    SwitchCounters counters(String name) {
        synchronized (lock) {
            return network(name).counters();
        }
    }

    @Override
    public NetBackend open(String vm, String network, FrameSink received) throws BackendException {
        synchronized (lock) {
            Network there = networks.get(network);
            if (there == null || there.spec().isEmpty()) {
                throw new BackendException("network=" + network
                        + " is not defined here; define PID org.kemari.network with name=" + network
                        + "; defined are: " + (names().isEmpty() ? "none" : String.join(", ", names())));
            }
            return there.attach(vm, received);
        }
    }

    /** Closes every socket and ends the event loop; ports that are still open are cables that end nowhere. */
    @Override
    public void close() {
        synchronized (lock) {
            networks.values().forEach(network -> {
                if (network.spec().isPresent()) {
                    network.remove();
                }
            });
        }
        loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
