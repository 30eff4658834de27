package org.kemari.ft.protocol;

import java.util.zip.CRC32C;
import org.kemari.api.protection.ReplicationFrame;

/**
 * What COMMIT carries: CRC32C over the payloads of all frames from BEGIN on, with their number and length. Each frame has
 * a checksum of its own; this one finds a frame that is missing, doubled or out of order. One thread.
 */
public final class TransactionDigest {
    private final CRC32C checksum = new CRC32C();
    private long frames;
    private long bytes;

    public void add(ReplicationFrame frame) {
        checksum.update(frame.command().code());
        checksum.update(frame.payload());
        frames++;
        bytes += frame.payload().length;
    }

    public byte[] encode() {
        return new PayloadWriter(24)
                .u64(frames)
                .u64(bytes)
                .u32((int) checksum.getValue())
                .toBytes();
    }

    /** Checks what a COMMIT says against what came. */
    public void verify(byte[] payload) throws PayloadException {
        PayloadReader in = new PayloadReader(payload);
        long saidFrames = in.u64();
        long saidBytes = in.u64();
        int saidChecksum = in.u32();
        in.end();
        if (saidFrames != frames || saidBytes != bytes || saidChecksum != (int) checksum.getValue()) {
            throw new PayloadException(
                    "the transaction is torn: frames=" + frames + " of " + saidFrames + ", bytes=" + bytes
                            + " of " + saidBytes
                            + (saidChecksum == (int) checksum.getValue() ? "" : ", and the digest differs"));
        }
    }
}
