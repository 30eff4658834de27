package org.kemari.chartcp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.kemari.api.backend.BackendException;

/** Reads {@code target=HOST:PORT[,exposed]}, or {@code target=PORT} on 127.0.0.1. */
final class ConsoleAddress {
    private static final int MAX_PORT = 65535;
    private static final String EXAMPLE = "; use HOST:PORT, for example target=127.0.0.1:5000";

    /** Asks in so many words for an address that others reach. */
    private static final String EXPOSED = ",exposed";

    private ConsoleAddress() {}

    static InetSocketAddress of(String text) throws BackendException {
        boolean exposed = text.endsWith(EXPOSED);
        String target = exposed ? text.substring(0, text.length() - EXPOSED.length()) : text;
        int colon = target.lastIndexOf(':');
        String host = colon <= 0 ? "127.0.0.1" : target.substring(0, colon);
        int port;
        try {
            port = Integer.parseInt(target.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new BackendException("target=" + target + " has no port number" + EXAMPLE, e);
        }
        if (port < 1 || port > MAX_PORT) {
            throw new BackendException("target=" + target + " has a port out of range; use 1 to " + MAX_PORT);
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new BackendException("target=" + target + ": host " + host + " is not known" + EXAMPLE, e);
        }
        if (!exposed && !address.isLoopbackAddress()) {
            throw new BackendException(
                    "target=" + target + " is no loopback address; a console has neither password nor"
                            + " encryption, and who reaches it is the guest's operator: use 127.0.0.1:" + port
                            + ", and from another host a tunnel (ssh -L " + port + ":127.0.0.1:" + port
                            + "), or say so: " + target + EXPOSED);
        }
        return new InetSocketAddress(address, port);
    }
}
