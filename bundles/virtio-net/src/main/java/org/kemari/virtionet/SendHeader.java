package org.kemari.virtionet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kemari.api.device.GuestMemory;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;

/**
 * What a driver leaves to the card for a frame that it sends (struct virtio_net_hdr, virtio 1.1 §5.1.6.2). All of it is
 * the guest's: to be treated as lies.
 *
 * @param needsChecksum the checksum is to be completed
 * @param segmentation {@link #WHOLE}, or how the frame is to be cut
 * @param segmentBytes payload of each segment
 * @param checksumStart where what the checksum covers begins, in the frame; the TCP header of a frame to be cut
 * @param checksumOffset where the checksum stands, behind that
 */
record SendHeader(boolean needsChecksum, int segmentation, int segmentBytes, int checksumStart, int checksumOffset) {
    /** u8 flags, u8 gso_type, le16 hdr_len, gso_size, csum_start, csum_offset, num_buffers. */
    static final int BYTES = 12;

    static final int WHOLE = 0;
    static final int TCP_IPV4 = 1;
    static final int TCP_IPV6 = 4;

    /** Of a driver that does everything itself. */
    static final SendHeader NOTHING_LEFT = new SendHeader(false, WHOLE, 0, 0, 0);

    private static final int FLAG_NEEDS_CHECKSUM = 1;

    static SendHeader read(DescriptorChain chain, GuestMemory memory) throws QueueFault {
        byte[] bytes = new byte[BYTES];
        chain.read(memory, 0, bytes, 0, BYTES);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new SendHeader(
                (header.get(0) & FLAG_NEEDS_CHECKSUM) != 0,
                header.get(1) & 0xFF,
                header.getShort(4) & 0xFFFF,
                header.getShort(6) & 0xFFFF,
                header.getShort(8) & 0xFFFF);
    }

    /**
     * Completes the checksum of a frame, all of a buffer, in which that of the pseudo-header stands; false if it has no
     * place there.
     */
    boolean completeChecksum(ByteBuffer frame) {
        int at = checksumStart + checksumOffset;
        if (at + InternetChecksum.BYTES > frame.capacity()) {
            return false;
        }
        int checksum = InternetChecksum.of(InternetChecksum.add(0, frame, checksumStart, frame.capacity()));
        // Zero says that there is none in UDP (RFC 768), and is the same number in TCP.
        frame.putShort(at, (short) (checksum == 0 ? 0xFFFF : checksum));
        return true;
    }
}
