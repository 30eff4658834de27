package org.kemari.netswitch;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One network's part in this container, checked.
 *
 * @param name the name by which network cards ask for it
 * @param vni VXLAN network identifier, RFC 7348 §5
 * @param listen where its datagrams arrive and leave from; none for a network that lives in this container only
 * @param peers where the other parts listen
 */
record NetworkSpec(String name, int vni, Optional<InetSocketAddress> listen, List<InetSocketAddress> peers) {
    static final String NAME = "name";
    static final String VNI = "vni";
    static final String LISTEN = "listen";
    static final String PEERS = "peers";

    private static final int MAX_VNI = (1 << 24) - 1;
    private static final int MAX_PORT = 65535;
    /** Each flooded frame is sent once per peer. */
    private static final int MAX_PEERS = 64;

    private static final Set<String> KNOWN = Set.of(NAME, VNI, LISTEN, PEERS);

    NetworkSpec {
        peers = List.copyOf(peers);
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "name=" + name + " is no network name; use 1 to 64 letters, digits, '.', '_' or '-'");
        }
        if (vni < 0 || vni > MAX_VNI) {
            throw new IllegalArgumentException("vni=" + vni + " is out of range; use 0 to " + MAX_VNI);
        }
        if (listen.isEmpty() && !peers.isEmpty()) {
            throw new IllegalArgumentException("peers=" + peers
                    + " need an address to answer to; set listen=HOST:PORT, for example 127.0.0.1:4789");
        }
        if (peers.size() > MAX_PEERS) {
            throw new IllegalArgumentException("peers has " + peers.size() + " addresses; use at most " + MAX_PEERS);
        }
        if (peers.stream().distinct().count() != peers.size()) {
            throw new IllegalArgumentException("peers=" + peers + " names one address twice; name each once");
        }
        if (listen.isPresent() && peers.contains(listen.get())) {
            throw new IllegalArgumentException(
                    "peers=" + peers + " has this part's own listen address; name the other parts only");
        }
    }

    /**
     * Reads a configuration. May wait for a name to be looked up.
     *
     * @throws IllegalArgumentException naming the property, its value and what would be right
     */
    static NetworkSpec of(Map<String, ?> properties) {
        for (String key : properties.keySet()) {
            // Names with a dot belong to the framework (service.pid, felix.fileinstall.filename).
            if (!key.contains(".") && !KNOWN.contains(key)) {
                throw new IllegalArgumentException(
                        key + "=" + properties.get(key) + " is no property of a network; use name, vni, listen, peers");
            }
        }
        String vni = text(properties, VNI).orElse("0");
        return new NetworkSpec(
                text(properties, NAME)
                        .orElseThrow(() -> new IllegalArgumentException("name is missing; use for example name=lan0")),
                number(vni),
                text(properties, LISTEN).map(text -> address(LISTEN, text)),
                texts(properties.get(PEERS)).map(text -> address(PEERS, text)).toList());
    }

    private static Optional<String> text(Map<String, ?> properties, String key) {
        return Optional.ofNullable(properties.get(key))
                .map(Object::toString)
                .map(String::trim)
                .filter(text -> !text.isEmpty());
    }

    /** A configuration file gives one string with commas, a program an array or a collection. */
    private static Stream<String> texts(Object value) {
        Stream<?> values;
        if (value == null) {
            values = Stream.empty();
        } else if (value instanceof Object[] array) {
            values = Arrays.stream(array);
        } else if (value instanceof Collection<?> collection) {
            values = collection.stream();
        } else {
            values = Stream.of(value);
        }
        return values.flatMap(each -> Arrays.stream(String.valueOf(each).split("[,\\s]+")))
                .filter(text -> !text.isEmpty());
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("vni=" + text + " is no number; use 0 to " + MAX_VNI, e);
        }
    }

    private static InetSocketAddress address(String property, String text) {
        int colon = text.lastIndexOf(':');
        String example = "; use HOST:PORT, for example 127.0.0.1:4789";
        if (colon <= 0) {
            throw new IllegalArgumentException(property + "=" + text + " has no port" + example);
        }
        int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(property + "=" + text + " has a port that is no number" + example, e);
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    property + "=" + text + " has a port out of range; use 1 to " + MAX_PORT);
        }
        String host = text.substring(0, colon);
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    property + "=" + text + ": host " + host + " is not known; use an address, or a name that resolves",
                    e);
        }
    }
}
