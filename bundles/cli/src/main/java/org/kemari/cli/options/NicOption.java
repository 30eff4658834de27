package org.kemari.cli.options;

import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A network card: {@code NETWORK[,mac=M]}.
 *
 * @param network name of the virtual network
 * @param mac its address; without it, one made of the VM's name, the same on every host
 */
public record NicOption(String network, Optional<String> mac) {
    private static final String MAC = "[0-9a-f]{2}(:[0-9a-f]{2}){5}";

    public static NicOption parse(String text) {
        String[] parts = text.split(",", -1);
        Optional<String> mac = Optional.empty();
        for (int i = 1; i < parts.length; i++) {
            if (!parts[i].startsWith("mac=")) {
                throw new TypeConversionException(parts[i] + " is unknown in " + text + "; use NETWORK[,mac=M]");
            }
            mac = Optional.of(checkedMac(parts[i].substring("mac=".length())));
        }
        return new NicOption(NetworkOption.checkedName(parts[0]), mac);
    }

    private static String checkedMac(String text) {
        String mac = text.toLowerCase(Locale.ROOT);
        // The lowest bit of the first byte makes an address a group's (IEEE 802-2014 §8.2.2).
        if (!mac.matches(MAC) || (Character.digit(mac.charAt(1), 16) & 1) != 0) {
            throw new TypeConversionException(
                    "mac=" + text + " is no card's address; use six bytes such as 52:54:00:00:00:02");
        }
        return mac;
    }

    /** As it stands in a configuration. */
    public String text() {
        return network + mac.map(address -> ",mac=" + address).orElse("");
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<NicOption> {
        @Override
        public NicOption convert(String value) {
            return parse(value);
        }
    }
}
