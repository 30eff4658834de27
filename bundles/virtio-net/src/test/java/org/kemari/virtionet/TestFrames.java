package org.kemari.virtionet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames with TCP and UDP in them, as a guest builds them, and the sums that a receiver makes. */
final class TestFrames {
    static final int TCP_FLAGS = 13;

    /** With the time stamps that everybody sends. */
    static final int TCP_BYTES = 32;

    private TestFrames() {}

    /** Without checksums: the card's work. */
    static byte[] tcp(boolean ipv6, boolean tagged, int flags, byte[] payload) {
        int ipBytes = ipv6 ? 40 : 20;
        ByteBuffer frame = ByteBuffer.allocate(14 + (tagged ? 4 : 0) + ipBytes + TCP_BYTES + payload.length);
        ethernet(frame, ipv6, tagged);
        ip(frame, ipv6, 6, TCP_BYTES + payload.length);
        frame.putShort((short) 6379).putShort((short) 40_000).putInt(-5_000).putInt(77);
        frame.put((byte) (TCP_BYTES / 4 << 4)).put((byte) flags).putShort((short) 502);
        frame.putShort((short) 0).putShort((short) 0);
        frame.put((byte) 1).put((byte) 1).put((byte) 8).put((byte) 10).putLong(0x1122_3344_5566_7788L);
        frame.put(payload);
        return frame.array();
    }

    /** With the sum of the pseudo-header where the checksum goes. */
    static byte[] udp(byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + 20 + 8 + payload.length);
        ethernet(frame, false, false);
        ip(frame, false, 17, 8 + payload.length);
        frame.putShort((short) 53).putShort((short) 53).putShort((short) (8 + payload.length));
        frame.putShort((short) pseudoHeader(frame.array(), 14, false, 17, 8 + payload.length));
        frame.put(payload);
        return frame.array();
    }

    private static void ethernet(ByteBuffer frame, boolean ipv6, boolean tagged) {
        frame.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2});
        if (tagged) {
            frame.putShort((short) 0x8100).putShort((short) 5);
        }
        frame.putShort((short) (ipv6 ? 0x86DD : 0x0800));
    }

    private static void ip(ByteBuffer frame, boolean ipv6, int protocol, int lengthBytes) {
        if (ipv6) {
            frame.putInt(6 << 28)
                    .putShort((short) lengthBytes)
                    .put((byte) protocol)
                    .put((byte) 64);
            frame.putLong(0xFD00L << 48).putLong(1).putLong(0xFD00L << 48).putLong(2);
        } else {
            frame.put((byte) 0x45).put((byte) 0).putShort((short) (20 + lengthBytes));
            frame.putShort((short) 0xFFFE)
                    .putShort((short) 0x4000)
                    .put((byte) 64)
                    .put((byte) protocol);
            frame.putShort((short) 0).putInt(0x0A000001).putInt(0x0A000002);
        }
    }

    /** struct virtio_net_hdr. */
    static byte[] header(int flags, int segmentation, int segmentBytes, int checksumStart, int checksumOffset) {
        return ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) flags)
                .put((byte) segmentation)
                .putShort((short) 0)
                .putShort((short) segmentBytes)
                .putShort((short) checksumStart)
                .putShort((short) checksumOffset)
                .putShort((short) 0)
                .array();
    }

    static int pseudoHeader(byte[] frame, int ip, boolean ipv6, int protocol, int lengthBytes) {
        int sum = protocol + lengthBytes;
        int from = ip + (ipv6 ? 8 : 12);
        return folded(sum, frame, from, from + (ipv6 ? 32 : 8));
    }

    /** Word by word; all ones with a checksum that is right. */
    static int folded(int sum, byte[] bytes, int from, int to) {
        int total = sum;
        for (int at = from; at < to; at++) {
            total += (bytes[at] & 0xFF) << ((at - from) % 2 == 0 ? 8 : 0);
            total = (total >> 16) + (total & 0xFFFF);
        }
        return total;
    }
}
