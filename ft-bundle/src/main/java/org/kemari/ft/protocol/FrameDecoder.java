package org.kemari.ft.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.zip.CRC32C;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;

/**
 * Cuts the stream into frames: header, bound of the length, payload, checksum. The payload is copied, so no buffer leaves
 * this handler. After a fault everything that follows is thrown away: there is no way back into step.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
    private final CRC32C checksum = new CRC32C();
    private FrameException fatal;

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (fatal != null) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            decode(in, out);
        } catch (FrameException e) {
            fatal = e;
            in.skipBytes(in.readableBytes());
            throw e;
        }
    }

    private void decode(ByteBuf in, List<Object> out) {
        int start = in.readerIndex();
        int available = in.readableBytes();
        // Checked as soon as they are there: a peer of another kind may never send a whole header.
        if (available < FrameLayout.VERSION_OFFSET) {
            return;
        }
        int magic = in.getIntLE(start + FrameLayout.MAGIC_OFFSET);
        if (magic != FrameLayout.MAGIC) {
            throw new FrameException(
                    FrameException.Fault.MAGIC,
                    "magic=0x" + Integer.toHexString(magic)
                            + " is not the FT transaction protocol; is this the replication port"
                            + " of a Kemari peer?");
        }
        if (available < FrameLayout.COMMAND_OFFSET) {
            return;
        }
        int version = in.getUnsignedShortLE(start + FrameLayout.VERSION_OFFSET);
        if (version != FrameLayout.VERSION) {
            throw new FrameException(
                    FrameException.Fault.VERSION,
                    "version=" + version + " of the FT transaction protocol is not " + FrameLayout.VERSION
                            + "; run the same release on both hosts");
        }
        if (available < FrameLayout.HEADER_BYTES) {
            return;
        }
        int code = in.getUnsignedShortLE(start + FrameLayout.COMMAND_OFFSET);
        ReplicationCommand command = ReplicationCommand.ofCode(code)
                .orElseThrow(() -> new FrameException(
                        FrameException.Fault.COMMAND, "command=" + code + " does not exist in version " + version));
        int lengthBytes = in.getIntLE(start + FrameLayout.LENGTH_OFFSET);
        if (Integer.compareUnsigned(lengthBytes, ReplicationFrame.MAX_PAYLOAD_BYTES) > 0) {
            throw new FrameException(
                    FrameException.Fault.LENGTH,
                    "length=" + Integer.toUnsignedLong(lengthBytes) + " of " + command + " is more than "
                            + ReplicationFrame.MAX_PAYLOAD_BYTES);
        }
        if (available < FrameLayout.HEADER_BYTES + lengthBytes) {
            return;
        }
        byte[] payload = new byte[lengthBytes];
        in.getBytes(start + FrameLayout.HEADER_BYTES, payload);
        checksum.reset();
        byte[] header = new byte[FrameLayout.CHECKSUM_OFFSET];
        in.getBytes(start, header);
        checksum.update(header, 0, header.length);
        checksum.update(payload, 0, payload.length);
        if ((int) checksum.getValue() != in.getIntLE(start + FrameLayout.CHECKSUM_OFFSET)) {
            throw new FrameException(FrameException.Fault.CHECKSUM, "a " + command + " frame was damaged on the way");
        }
        out.add(new ReplicationFrame(
                command,
                in.getIntLE(start + FrameLayout.FLAGS_OFFSET),
                in.getIntLE(start + FrameLayout.VM_OFFSET),
                in.getLongLE(start + FrameLayout.TERM_OFFSET),
                in.getLongLE(start + FrameLayout.EPOCH_OFFSET),
                payload));
        in.skipBytes(FrameLayout.HEADER_BYTES + lengthBytes);
    }
}
