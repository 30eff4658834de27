package org.kemari.virtionet;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** Ethernet addresses of network cards. */
final class MacAddress {
    static final int BYTES = 6;
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");

    private MacAddress() {}

    /** Six hexadecimal bytes with colons, of one card: not a group's, not zero. */
    static Optional<byte[]> parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!FORM.matcher(lower).matches()) {
            return Optional.empty();
        }
        byte[] address = HexFormat.ofDelimiter(":").parseHex(lower);
        boolean group = (address[0] & 1) != 0;
        return group || Arrays.equals(address, new byte[BYTES]) ? Optional.empty() : Optional.of(address);
    }

    /** A locally administered address that is the same wherever the VM runs. */
    static byte[] of(String vm, String device) {
        CRC32C sum = new CRC32C();
        sum.update((vm + '/' + device).getBytes(StandardCharsets.UTF_8));
        int value = (int) sum.getValue();
        return new byte[] {0x02, 0x4B, (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }
}
