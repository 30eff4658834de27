package org.kemari.virtionet;

import java.nio.ByteBuffer;
import org.kemari.api.device.GuestMemory;
import org.kemari.ports.NetPort;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;

/**
 * One long TCP segment of the driver's, cut into those that the network takes (virtio 1.1 §5.1.6.2, VIRTIO_NET_F_HOST_TSO4
 * and _TSO6): the guest's network stack is passed through once for up to 64 KiB. Headers are those of the long segment,
 * but for lengths, IP's identification, TCP's sequence number, flags, and checksums. Payload goes from guest RAM into its
 * segment at once.
 */
final class TcpSegments {
    /** An IP packet of the greatest length in a frame with a VLAN tag. */
    static final int MAX_FRAME_BYTES = 65_535 + 18;

    /** What a driver may make of one buffer: 64 KiB in pieces of 256 bytes. */
    static final int MAX_SEGMENTS = 256;

    private static final int TCP_BYTES = 20;
    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_CHECKSUM = 16;
    private static final int FIN_AND_PSH = 0x01 | 0x08;
    private static final int CWR = 0x80;

    /** Ethernet with a tag, IPv6 with some extensions, TCP with all options. */
    private static final int MAX_HEADER_BYTES = 256;

    private final DescriptorChain chain;
    private final GuestMemory memory;
    private final SendHeader left;
    private final int frameBytes;
    private final ByteBuffer headers;
    private final boolean ipv4;

    /** Where the headers of IP and TCP are, and where the payload. */
    private int ip;

    private int tcp;
    private int payload;

    private TcpSegments(DescriptorChain chain, GuestMemory memory, SendHeader left, int frameBytes) throws QueueFault {
        this.chain = chain;
        this.memory = memory;
        this.left = left;
        this.frameBytes = frameBytes;
        this.ipv4 = left.segmentation() == SendHeader.TCP_IPV4;
        byte[] bytes = new byte[Math.min(frameBytes, MAX_HEADER_BYTES)];
        chain.read(memory, SendHeader.BYTES, bytes, 0, bytes.length);
        headers = ByteBuffer.wrap(bytes);
    }

    /** Sends each segment; none if the driver asks for what makes no sense. */
    static void send(DescriptorChain chain, GuestMemory memory, SendHeader left, int frameBytes, NetPort port)
            throws QueueFault {
        TcpSegments segments = new TcpSegments(chain, memory, left, frameBytes);
        if (segments.sound()) {
            segments.send(port);
        }
    }

    private boolean sound() {
        if (!ipv4 && left.segmentation() != SendHeader.TCP_IPV6) {
            return false;
        }
        ip = IpHeader.offset(headers);
        tcp = left.checksumStart();
        boolean framed = IpHeader.type(headers, ip) == (ipv4 ? IpHeader.TYPE_IPV4 : IpHeader.TYPE_IPV6)
                && tcp >= ip + (ipv4 ? IpHeader.IPV4_BYTES : IpHeader.IPV6_BYTES)
                && tcp + TCP_BYTES <= headers.capacity()
                && (!ipv4 || tcp == ip + IpHeader.ipv4Bytes(headers, ip));
        if (!framed) {
            return false;
        }
        int tcpBytes = (headers.get(tcp + TCP_DATA_OFFSET) >> 4 & 15) * 4;
        payload = tcp + tcpBytes;
        return tcpBytes >= TCP_BYTES
                && payload <= headers.capacity()
                && left.segmentBytes() > 0
                && payload + left.segmentBytes() <= PendingFrames.MAX_FRAME_BYTES
                && (frameBytes - payload + left.segmentBytes() - 1) / left.segmentBytes() <= MAX_SEGMENTS;
    }

    private void send(NetPort port) throws QueueFault {
        int at = payload;
        int number = 0;
        do {
            int count = Math.min(left.segmentBytes(), frameBytes - at);
            ByteBuffer frame = port.buffer(payload + count);
            ByteBuffer segment = frame.slice();
            segment.put(0, headers, 0, payload);
            chain.read(memory, SendHeader.BYTES + at, segment, payload, count);
            adapt(segment, number, at - payload, at + count == frameBytes);
            port.send(frame);
            at += count;
            number++;
        } while (at < frameBytes);
    }

    private void adapt(ByteBuffer segment, int number, int sequenceOffset, boolean last) {
        if (ipv4) {
            segment.putShort(ip + IpHeader.IPV4_LENGTH, (short) (segment.capacity() - ip));
            segment.putShort(ip + IpHeader.IPV4_IDENTIFICATION, (short)
                    (segment.getShort(ip + IpHeader.IPV4_IDENTIFICATION) + number));
            segment.putShort(ip + IpHeader.IPV4_CHECKSUM, (short) 0);
            segment.putShort(ip + IpHeader.IPV4_CHECKSUM, (short)
                    InternetChecksum.of(InternetChecksum.add(0, segment, ip, tcp)));
        } else {
            segment.putShort(ip + IpHeader.IPV6_LENGTH, (short) (segment.capacity() - ip - IpHeader.IPV6_BYTES));
        }
        segment.putInt(tcp + TCP_SEQUENCE, segment.getInt(tcp + TCP_SEQUENCE) + sequenceOffset);
        int flags = segment.get(tcp + TCP_FLAGS);
        // What ends something is said at the end, that the window was reduced at the beginning (RFC 9293, RFC 3168).
        flags &= last ? -1 : ~FIN_AND_PSH;
        flags &= number == 0 ? -1 : ~CWR;
        segment.put(tcp + TCP_FLAGS, (byte) flags);
        segment.putShort(tcp + TCP_CHECKSUM, (short) 0);
        segment.putShort(tcp + TCP_CHECKSUM, (short)
                IpHeader.transportChecksum(segment, ip, ipv4, IpHeader.TCP, tcp, segment.capacity()));
    }
}
