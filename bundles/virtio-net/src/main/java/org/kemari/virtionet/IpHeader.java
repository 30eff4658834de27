package org.kemari.virtionet;

import java.nio.ByteBuffer;

/** Where things stand in an Ethernet frame with an IP packet in it (RFC 791, RFC 8200, IEEE 802.1Q). */
final class IpHeader {
    static final int TYPE_IPV4 = 0x0800;
    static final int TYPE_IPV6 = 0x86DD;
    static final int TCP = 6;
    static final int UDP = 17;

    static final int IPV4_BYTES = 20;
    static final int IPV4_LENGTH = 2;
    static final int IPV4_IDENTIFICATION = 4;
    static final int IPV4_FRAGMENT = 6;
    static final int IPV4_PROTOCOL = 9;
    static final int IPV4_CHECKSUM = 10;
    static final int IPV6_BYTES = 40;
    static final int IPV6_LENGTH = 4;
    static final int IPV6_PROTOCOL = 6;

    private static final int IPV4_ADDRESSES = 12;
    private static final int IPV6_ADDRESSES = 8;
    private static final int ETHERNET_TYPE = 12;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_BYTES = 2;
    private static final int VLAN_BYTES = 4;

    private IpHeader() {}

    /** Where a frame's packet begins, behind a VLAN tag if there is one. */
    static int offset(ByteBuffer frame) {
        return ETHERNET_TYPE + TYPE_BYTES + (word(frame, ETHERNET_TYPE) == TYPE_VLAN ? VLAN_BYTES : 0);
    }

    /** Ethernet's type of the packet that begins there. */
    static int type(ByteBuffer frame, int ip) {
        return word(frame, ip - TYPE_BYTES);
    }

    /** Zero beyond the end, which is no type. */
    private static int word(ByteBuffer frame, int at) {
        return at + TYPE_BYTES <= frame.capacity() ? frame.getShort(at) & 0xFFFF : 0;
    }

    /** Of IPv4, with options. */
    static int ipv4Bytes(ByteBuffer frame, int ip) {
        return (frame.get(ip) & 15) * 4;
    }

    /** The checksum of what TCP or UDP has in {@code [from, to)}, with the pseudo-header; zero if it stands there already. */
    static int transportChecksum(ByteBuffer frame, int ip, boolean ipv4, int protocol, int from, int to) {
        int addresses = ip + (ipv4 ? IPV4_ADDRESSES : IPV6_ADDRESSES);
        int addressesEnd = ip + (ipv4 ? IPV4_BYTES : IPV6_BYTES);
        long pseudoHeader = InternetChecksum.add(protocol + to - from, frame, addresses, addressesEnd);
        return InternetChecksum.of(InternetChecksum.add(pseudoHeader, frame, from, to));
    }
}
