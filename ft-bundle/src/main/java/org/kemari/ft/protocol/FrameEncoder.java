package org.kemari.ft.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageEncoder;
import java.util.List;
import java.util.zip.CRC32C;
import org.kemari.api.protection.ReplicationFrame;

/** Puts the header before the payload. The payload is wrapped, not copied; both buffers belong to the channel. */
public final class FrameEncoder extends MessageToMessageEncoder<ReplicationFrame> {
    private final CRC32C checksum = new CRC32C();

    public FrameEncoder() {
        super(ReplicationFrame.class);
    }

    @Override
    protected void encode(ChannelHandlerContext context, ReplicationFrame frame, List<Object> out) {
        out.add(header(context.alloc(), frame));
        if (frame.payload().length > 0) {
            out.add(Unpooled.wrappedBuffer(frame.payload()));
        }
    }

    private ByteBuf header(ByteBufAllocator allocator, ReplicationFrame frame) {
        ByteBuf header = allocator.heapBuffer(FrameLayout.HEADER_BYTES, FrameLayout.HEADER_BYTES);
        header.writeIntLE(FrameLayout.MAGIC);
        header.writeShortLE(FrameLayout.VERSION);
        header.writeShortLE(frame.command().code());
        header.writeIntLE(frame.flags());
        header.writeIntLE(frame.vmId());
        header.writeLongLE(frame.term());
        header.writeLongLE(frame.epoch());
        header.writeIntLE(frame.payload().length);
        checksum.reset();
        checksum.update(header.array(), header.arrayOffset(), FrameLayout.CHECKSUM_OFFSET);
        checksum.update(frame.payload());
        header.writeIntLE((int) checksum.getValue());
        return header;
    }

    /** What a frame takes on the wire. */
    public static long sizeBytes(ReplicationFrame frame) {
        return FrameLayout.HEADER_BYTES + (long) frame.payload().length;
    }
}
