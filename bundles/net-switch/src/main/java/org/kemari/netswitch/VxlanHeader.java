package org.kemari.netswitch;

import io.netty.buffer.ByteBuf;
import java.util.OptionalInt;

/**
 * The header before a frame in its UDP datagram, RFC 7348 §5, big-endian:
 *
 * <pre>
 *   0        1                 4                 7        8
 *   +--------+-----------------+-----------------+--------+----------------
 *   | flags  | reserved        | VNI             | resvd  | Ethernet frame
 *   | RRRRI R| 24 bits         | 24 bits         | 8 bits | without FCS
 *   +--------+-----------------+-----------------+--------+----------------
 * </pre>
 */
final class VxlanHeader {
    static final int LENGTH_BYTES = 8;

    /** §5: the I flag MUST be set for a valid VNI; the other seven bits are ignored on receipt. */
    private static final int VALID_VNI = 0x08;

    private static final int VNI_OFFSET = 4;

    private VxlanHeader() {}

    /** Writes it in front of a frame, and has the datagram begin with it. */
    static void prepend(ByteBuf datagram, int vni) {
        int index = datagram.readerIndex() - LENGTH_BYTES;
        datagram.setInt(index, VALID_VNI << 24)
                .setInt(index + Integer.BYTES, vni << 8)
                .readerIndex(index);
    }

    /** Moves past the header; nothing if the datagram is too short or has no valid VNI. */
    static OptionalInt read(ByteBuf datagram) {
        if (datagram.readableBytes() < LENGTH_BYTES || (datagram.getByte(datagram.readerIndex()) & VALID_VNI) == 0) {
            return OptionalInt.empty();
        }
        int vni = datagram.getUnsignedMedium(datagram.readerIndex() + VNI_OFFSET);
        datagram.skipBytes(LENGTH_BYTES);
        return OptionalInt.of(vni);
    }
}
