package org.kemari.netswitch;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Tells which part of the network a datagram came from. Our own parts send from the port they listen on; a kernel's
 * {@code vxlan} device sends from any port (RFC 7348 §5: a hash of the inner frame) of the address it listens on.
 */
record PeerTable(List<InetSocketAddress> peers) {
    PeerTable {
        peers = List.copyOf(peers);
    }

    /** Whose datagram it is. */
    sealed interface Origin {
        /** This part's. */
        record Known(InetSocketAddress peer) implements Origin {}

        /** That of one of several parts which share the address. */
        record Ambiguous() implements Origin {}

        /** Nobody's that is configured. */
        record Stranger() implements Origin {}
    }

    Origin origin(InetSocketAddress sender) {
        if (peers.contains(sender)) {
            return new Origin.Known(sender);
        }
        List<InetSocketAddress> sameHost = peers.stream()
                .filter(peer -> peer.getAddress().equals(sender.getAddress()))
                .toList();
        if (sameHost.isEmpty()) {
            return new Origin.Stranger();
        }
        return sameHost.size() == 1 ? new Origin.Known(sameHost.get(0)) : new Origin.Ambiguous();
    }
}
