package org.kemari.itests.failover;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** One virtual network whose parts, each in a container, all know each other. */
final class JoinedNetwork {
    static final String NAME = "lan";

    /** Ports that were free a moment ago. */
    private final Map<String, Integer> ports = new LinkedHashMap<>();

    JoinedNetwork(String... parts) throws IOException {
        Map<String, DatagramSocket> sockets = new LinkedHashMap<>();
        try {
            for (String part : parts) {
                sockets.put(part, new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
            }
            sockets.forEach((part, socket) -> ports.put(part, socket.getLocalPort()));
        } finally {
            sockets.values().forEach(DatagramSocket::close);
        }
    }

    /** The value of {@code --network} for one of the parts. */
    String option(String part) {
        StringBuilder option = new StringBuilder(NAME + ",vni=7");
        ports.forEach((other, port) ->
                option.append(other.equals(part) ? ",listen=" : ",peer=").append("127.0.0.1:" + port));
        return option.toString();
    }
}
