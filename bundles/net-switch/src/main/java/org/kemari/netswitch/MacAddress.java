package org.kemari.netswitch;

import io.netty.buffer.ByteBuf;

/** Ethernet addresses as 48-bit numbers, and where a frame has them (IEEE 802.3 §3.1.1). */
final class MacAddress {
    /** Destination, source, type; what is shorter is no frame. */
    static final int HEADER_BYTES = 14;

    private static final int SOURCE_OFFSET = 6;
    /** IEEE 802 §8.2: the first bit on the wire says that an address is a group's. */
    private static final long GROUP_BIT = 1L << 40;

    private MacAddress() {}

    static long destination(ByteBuf frame) {
        return at(frame, 0);
    }

    static long source(ByteBuf frame) {
        return at(frame, SOURCE_OFFSET);
    }

    /** Broadcast or multicast. */
    static boolean group(long address) {
        return (address & GROUP_BIT) != 0;
    }

    private static long at(ByteBuf frame, int offset) {
        int index = frame.readerIndex() + offset;
        return (long) frame.getUnsignedShort(index) << 32 | frame.getUnsignedInt(index + 2);
    }
}
