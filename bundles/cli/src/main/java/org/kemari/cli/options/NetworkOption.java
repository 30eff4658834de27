package org.kemari.cli.options;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A virtual network: {@code NAME,vni=N[,listen=HOST:PORT][,peer=HOST:PORT]...}.
 *
 * @param name the switch's
 * @param vni VXLAN network identifier, 24 bits (RFC 7348 §5)
 * @param listen where this container's part of the switch takes VXLAN; none: the network stays in this container
 * @param peers the other parts
 */
public record NetworkOption(String name, int vni, Optional<HostPort> listen, List<HostPort> peers) {
    private static final String NAME = "[A-Za-z0-9._-]{1,64}";
    private static final String USAGE = "use NAME,vni=N,listen=HOST:PORT,peer=HOST:PORT";
    private static final int MAX_VNI = (1 << 24) - 1;

    public NetworkOption {
        peers = List.copyOf(peers);
    }

    public static NetworkOption parse(String text) {
        String[] parts = text.split(",", -1);
        int vni = 0;
        Optional<HostPort> listen = Optional.empty();
        List<HostPort> peers = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            String value = pair.length == 2 ? pair[1] : "";
            switch (pair[0]) {
                case "vni" -> vni = checkedVni(value);
                case "listen" -> listen = Optional.of(HostPort.parse(value));
                case "peer" -> peers.add(HostPort.parse(value));
                default -> throw new TypeConversionException(parts[i] + " is unknown in " + text + "; " + USAGE);
            }
        }
        if (listen.isEmpty() && !peers.isEmpty()) {
            throw new TypeConversionException(text + " has peers but no listen=HOST:PORT; " + USAGE);
        }
        return new NetworkOption(checkedName(parts[0]), vni, listen, peers);
    }

    static String checkedName(String text) {
        if (!text.matches(NAME)) {
            throw new TypeConversionException(
                    "'" + text + "' is no network name; use 1 to 64 letters, digits, '.', '_' or '-'");
        }
        return text;
    }

    private static int checkedVni(String text) {
        if (!text.matches("[0-9]{1,8}") || Integer.parseInt(text) > MAX_VNI) {
            throw new TypeConversionException("vni=" + text + " is out of range; use 0 to " + MAX_VNI);
        }
        return Integer.parseInt(text);
    }

    /** Throws if this host cannot listen there: the guest would run with a card that hears nothing. */
    void check() throws InvalidOptionException {
        if (listen.isEmpty()) {
            return;
        }
        String what = "--network=" + name + " listen=" + listen.get();
        InetSocketAddress address =
                new InetSocketAddress(listen.get().host(), listen.get().port());
        if (address.isUnresolved()) {
            throw new InvalidOptionException(what + " has no known host; use an address of this host");
        }
        try (DatagramSocket trial = new DatagramSocket(address)) {
            assert trial.isBound();
        } catch (BindException e) {
            boolean busy = String.valueOf(e.getMessage()).contains("in use");
            throw new InvalidOptionException(
                    what
                            + (busy
                                    ? " is in use by another program or network; use another port, or stop the other"
                                    : " cannot be listened on (" + e.getMessage() + "); use an address of this host"),
                    e);
        } catch (SocketException e) {
            throw new InvalidOptionException(what + " cannot be listened on: " + e.getMessage(), e);
        }
    }

    /** Properties of the factory configuration {@code org.kemari.network}. */
    public Map<String, Object> properties() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("vni", vni);
        listen.ifPresent(at -> map.put("listen", at.toString()));
        map.put("peers", peers.stream().map(HostPort::toString).toArray(String[]::new));
        return map;
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<NetworkOption> {
        @Override
        public NetworkOption convert(String value) {
            return parse(value);
        }
    }
}
