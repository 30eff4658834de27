package org.kemari.netswitch;

/** Ethernet addresses as 48-bit numbers, and where a frame has them (IEEE 802.3 §3.1.1). */
final class MacAddress {
    /** Destination, source, type; what is shorter is no frame. */
    static final int HEADER_BYTES = 14;

    private static final int SOURCE_OFFSET = 6;
    private static final int LENGTH_BYTES = 6;
    /** IEEE 802 §8.2: the first bit on the wire says that an address is a group's. */
    private static final long GROUP_BIT = 1L << 40;

    private MacAddress() {}

    static long destination(byte[] frame) {
        return at(frame, 0);
    }

    static long source(byte[] frame) {
        return at(frame, SOURCE_OFFSET);
    }

    /** Broadcast or multicast. */
    static boolean group(long address) {
        return (address & GROUP_BIT) != 0;
    }

    private static long at(byte[] frame, int offset) {
        long address = 0;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            address = address << 8 | frame[offset + i] & 0xff;
        }
        return address;
    }
}
