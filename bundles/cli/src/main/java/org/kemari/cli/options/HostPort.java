package org.kemari.cli.options;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A host and a port; an IPv6 address stands in brackets. */
public record HostPort(String host, int port) {
    private static final int MAX_PORT = 65535;

    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || !bracketed && host.indexOf(':') >= 0 || !port.matches("[0-9]{1,5}")) {
            throw new TypeConversionException(
                    text + " is no HOST:PORT; write for example 127.0.0.1:7000 or [::1]:7000");
        }
        int number = Integer.parseInt(port);
        if (number < 1 || number > MAX_PORT) {
            throw new TypeConversionException(text + ": port " + number + " is out of range; use 1 to 65535");
        }
        return new HostPort(host, number);
    }

    /** True if only this host can be meant. May wait for a name to be looked up. */
    public boolean isLoopback() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String value) {
            return parse(value);
        }
    }
}
