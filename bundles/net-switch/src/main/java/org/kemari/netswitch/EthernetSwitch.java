package org.kemari.netswitch;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * This container's part of one network: forwards frames between local ports and remote peers, learning where addresses
 * are. What came from a peer never goes to a peer (split horizon), since each part sends to every other by itself.
 * Frames stay their caller's; who needs one for longer retains it. Knows no sockets and no threads; event loop.
 */
final class EthernetSwitch {
    /** Where a frame can go to or come from. */
    sealed interface Place {
        /** A network card in this container. */
        record Local(SwitchPort port) implements Place {}

        /** Another part of the network. */
        record Remote(InetSocketAddress peer) implements Place {}
    }

    /** Sends a frame of a card to another part. */
    @FunctionalInterface
    interface PeerSender {
        void send(ByteBuf frame, InetSocketAddress peer);
    }

    private final MacTable<Place> table;
    private final RecentFrames recent;
    private final SwitchCounters counters;
    /** Any thread attaches, so that a card hears what is said once it is open. */
    private final List<SwitchPort> ports = new CopyOnWriteArrayList<>();

    private List<InetSocketAddress> peers = List.of();
    private PeerSender sender = (frame, peer) -> {};
    /** False before the network is defined and after it is removed: its ports are cables that end nowhere. */
    private boolean up;

    EthernetSwitch(LongSupplier nanos, SwitchCounters counters) {
        this.table = new MacTable<>(nanos);
        this.recent = new RecentFrames(nanos);
        this.counters = counters;
    }

    /** Any thread. */
    void attach(SwitchPort port) {
        ports.add(port);
    }

    void detach(SwitchPort port) {
        ports.remove(port);
        table.forgetAll(place -> place.equals(new Place.Local(port)));
    }

    /** Forwards nothing from here on, and forgets what it learnt; the ports stay. */
    void down() {
        up = false;
        peers = List.of();
        sender = (frame, peer) -> {};
        table.forgetAll(place -> true);
        recent.clear();
    }

    /** Forwards from here on, to these other parts; addresses behind parts that went are forgotten. */
    void up(List<InetSocketAddress> now, PeerSender through) {
        up = true;
        peers = List.copyOf(now);
        sender = through;
        table.forgetAll(place -> place instanceof Place.Remote remote && !peers.contains(remote.peer()));
    }

    void fromPort(SwitchPort from, ByteBuf frame) {
        if (!plausible(frame)) {
            return;
        }
        table.learn(MacAddress.source(frame), new Place.Local(from));
        long destination = MacAddress.destination(frame);
        Optional<Place> known = MacAddress.group(destination) ? Optional.empty() : table.find(destination);
        if (known.isEmpty()) {
            flood(Optional.of(from), frame);
            for (InetSocketAddress peer : peers) {
                toPeer(frame, peer);
            }
        } else if (known.get() instanceof Place.Remote remote) {
            recent.sent(frame, remote.peer());
            toPeer(frame, remote.peer());
        } else if (known.get() instanceof Place.Local local && local.port() != from) {
            deliver(local.port(), frame);
        }
    }

    /**
     * A frame came through the tunnel.
     *
     * @param peer which part sent it; none if several share the address it came from: then nothing is learnt
     */
    void fromPeer(Optional<InetSocketAddress> peer, ByteBuf frame) {
        if (!plausible(frame)) {
            return;
        }
        long source = MacAddress.source(frame);
        if (peer.isPresent()) {
            learn(source, peer.get());
        } else {
            table.forget(source);
        }
        long destination = MacAddress.destination(frame);
        Optional<Place> known = MacAddress.group(destination) ? Optional.empty() : table.find(destination);
        if (known.isEmpty()) {
            flood(Optional.empty(), frame);
        } else if (known.get() instanceof Place.Local local) {
            deliver(local.port(), frame);
        }
    }

    private void learn(long source, InetSocketAddress peer) {
        Optional<Place> before = table.find(source);
        table.learn(source, new Place.Remote(peer));
        if (before.isPresent()
                && before.get() instanceof Place.Remote old
                && !old.peer().equals(peer)) {
            for (ByteBuf frame : recent.take(source, old.peer())) {
                recent.sent(frame, peer);
                toPeer(frame, peer);
                frame.release();
            }
        } else {
            recent.heard(source);
        }
    }

    private boolean plausible(ByteBuf frame) {
        if (!up) {
            return false;
        }
        // IEEE 802.3 §3.2.3: a source address is never a group's.
        if (frame.readableBytes() < MacAddress.HEADER_BYTES || MacAddress.group(MacAddress.source(frame))) {
            counters.droppedMalformed.increment();
            return false;
        }
        return true;
    }

    private void flood(Optional<SwitchPort> from, ByteBuf frame) {
        for (SwitchPort port : ports) {
            if (from.isEmpty() || from.get() != port) {
                deliver(port, frame);
            }
        }
    }

    private void deliver(SwitchPort port, ByteBuf frame) {
        counters.delivered.increment();
        port.deliver(frame);
    }

    private void toPeer(ByteBuf frame, InetSocketAddress peer) {
        counters.sentToPeers.increment();
        sender.send(frame, peer);
    }
}
