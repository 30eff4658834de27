package org.kemari.virtionet;

import java.nio.ByteBuffer;

/** The checksum of IP, TCP and UDP (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words. */
final class InternetChecksum {
    static final int BYTES = 2;

    private InternetChecksum() {}

    /**
     * Adds {@code [from, to)} of a big-endian buffer to a sum, which is not folded; a last odd byte counts as if a zero
     * followed.
     */
    static long add(long sum, ByteBuffer bytes, int from, int to) {
        long total = sum;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long eight = bytes.getLong(at);
            total += (eight >>> 32) + (eight & 0xFFFF_FFFFL);
        }
        for (; at + 1 < to; at += 2) {
            total += bytes.getShort(at) & 0xFFFF;
        }
        return at < to ? total + ((bytes.get(at) & 0xFF) << 8) : total;
    }

    /** The checksum of what was added up. */
    static int of(long sum) {
        long folded = (sum >>> 32) + (sum & 0xFFFF_FFFFL);
        while (folded >>> 16 != 0) {
            folded = (folded >>> 16) + (folded & 0xFFFF);
        }
        return (int) ~folded & 0xFFFF;
    }
}
