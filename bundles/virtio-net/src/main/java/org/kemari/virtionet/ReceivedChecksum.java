package org.kemari.virtionet;

import java.nio.ByteBuffer;

/**
 * Looks at the checksum of a received TCP segment or UDP datagram, so that the guest need not
 * (VIRTIO_NET_F_GUEST_CSUM, virtio 1.1 §5.1.6.4). What is not known to be right is left to the guest.
 */
final class ReceivedChecksum {
    /** Of the header: the checksum has been looked at, and is right. */
    static final byte FLAG_DATA_VALID = 2;

    /** More fragments, or not the first. */
    private static final int FRAGMENT = 0x3FFF;

    private static final int UDP_CHECKSUM = 6;

    private ReceivedChecksum() {}

    /** Of a frame that is all of a buffer. */
    static boolean right(ByteBuffer frame) {
        int ip = IpHeader.offset(frame);
        return switch (IpHeader.type(frame, ip)) {
            case IpHeader.TYPE_IPV4 -> rightInIpv4(frame, ip);
            case IpHeader.TYPE_IPV6 -> rightInIpv6(frame, ip);
            default -> false;
        };
    }

    private static boolean rightInIpv4(ByteBuffer frame, int ip) {
        if (ip + IpHeader.IPV4_BYTES > frame.capacity()) {
            return false;
        }
        int headerBytes = IpHeader.ipv4Bytes(frame, ip);
        int end = ip + (frame.getShort(ip + IpHeader.IPV4_LENGTH) & 0xFFFF);
        return headerBytes >= IpHeader.IPV4_BYTES
                && (frame.getShort(ip + IpHeader.IPV4_FRAGMENT) & FRAGMENT) == 0
                && right(frame, ip, true, frame.get(ip + IpHeader.IPV4_PROTOCOL) & 0xFF, ip + headerBytes, end);
    }

    private static boolean rightInIpv6(ByteBuffer frame, int ip) {
        int start = ip + IpHeader.IPV6_BYTES;
        if (start > frame.capacity()) {
            return false;
        }
        int end = start + (frame.getShort(ip + IpHeader.IPV6_LENGTH) & 0xFFFF);
        return right(frame, ip, false, frame.get(ip + IpHeader.IPV6_PROTOCOL) & 0xFF, start, end);
    }

    /** Behind {@code end} stands what fills up a short frame. */
    private static boolean right(ByteBuffer frame, int ip, boolean ipv4, int protocol, int start, int end) {
        if (end > frame.capacity() || start + Long.BYTES > end) {
            return false;
        }
        boolean summed =
                protocol == IpHeader.TCP || protocol == IpHeader.UDP && frame.getShort(start + UDP_CHECKSUM) != 0;
        return summed && IpHeader.transportChecksum(frame, ip, ipv4, protocol, start, end) == 0;
    }
}
