package org.kemari.netswitch;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.kemari.api.backend.NetBackendFactory.FrameSink;

/**
 * A network's switch with its tunnel, if it has one. Its ports outlive its definition: cards that are attached when it
 * is removed are attached again when it is defined anew. Methods are called by one thread at a time, never the event
 * loop.
 */
final class Network {
    private static final long LOOP_SECONDS = 5;

    private final EventLoop loop;
    private final SwitchCounters counters = new SwitchCounters();
    private final EthernetSwitch forwarding;
    private Optional<NetworkSpec> spec = Optional.empty();
    private Optional<VxlanTunnel> tunnel = Optional.empty();

    Network(EventLoop loop, LongSupplier nanos) {
        this.loop = loop;
        this.forwarding = new EthernetSwitch(nanos, counters);
    }

    Optional<NetworkSpec> spec() {
        return spec;
    }

    SwitchCounters counters() {
        return counters;
    }

    SwitchPort attach(String vm, FrameSink received) {
        SwitchPort port = new SwitchPort(vm, forwarding, loop, counters, received);
        forwarding.attach(port);
        return port;
    }

    /** Sets it up, or changes it live. If that fails, what was there stands. */
    void define(NetworkSpec wanted) throws NetworkException {
        Optional<InetSocketAddress> listening = spec.flatMap(NetworkSpec::listen);
        Optional<VxlanTunnel> before = tunnel;
        if (!wanted.listen().equals(listening)) {
            tunnel = wanted.listen().isEmpty()
                    ? Optional.empty()
                    : Optional.of(VxlanTunnel.open(loop, wanted, wanted.listen().get(), forwarding, counters));
        }
        spec = Optional.of(wanted);
        Optional<VxlanTunnel> now = tunnel;
        List<InetSocketAddress> peers = wanted.peers();
        onLoop(() -> {
            now.ifPresent(open -> open.reconfigure(wanted.vni(), peers));
            forwarding.up(peers, now.isPresent() ? now.get() : (frame, peer) -> {});
            if (!before.equals(now)) {
                before.ifPresent(VxlanTunnel::close);
            }
        });
    }

    /** Takes it down and frees its address. */
    void remove() {
        Optional<VxlanTunnel> before = tunnel;
        spec = Optional.empty();
        tunnel = Optional.empty();
        onLoop(() -> {
            forwarding.down();
            before.ifPresent(VxlanTunnel::close);
        });
        before.ifPresent(VxlanTunnel::awaitClosed);
    }

    /** Waits, so that what was configured is so when the caller goes on; a loop that is stuck does it later. */
    private void onLoop(Runnable change) {
        loop.submit(change).awaitUninterruptibly(LOOP_SECONDS, TimeUnit.SECONDS);
    }
}
