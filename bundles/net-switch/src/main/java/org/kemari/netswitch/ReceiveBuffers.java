package org.kemari.netswitch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Where datagrams are received: close together in one block, so that a card may leave a frame where it came in without
 * keeping the room for the longest datagram. A block is begun anew when nobody needs anything of it any more, and left to
 * those that do when it is full. Event loop; what is received may be released by any thread.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    static final int MAX_DATAGRAM_BYTES = 65535;

    /** Some hundred frames of usual length. */
    static final int BLOCK_BYTES = 4 * MAX_DATAGRAM_BYTES;

    /** Blocks that are kept to be used again; those of a burst beyond that are collected. */
    private static final int MAX_RESTING = 16;

    /** Datagrams that are taken from a socket before others have their turn. */
    private static final int MAX_BATCH = 64;

    private final Queue<ByteBuffer> resting = new ArrayBlockingQueue<>(MAX_RESTING);
    private ByteBuf block = newBlock();
    private int used;

    ReceiveBuffers() {
        super(MAX_BATCH);
    }

    private ByteBuf newBlock() {
        ByteBuffer rested = resting.poll();
        ByteBuffer memory = rested != null ? rested : ByteBuffer.allocateDirect(BLOCK_BYTES);
        return new LentBuffer(memory, () -> resting.offer(memory));
    }

    @Override
    public MaxMessageHandle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return MAX_DATAGRAM_BYTES;
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator unused) {
                return nextDatagram();
            }

            @Override
            public void lastBytesRead(int bytes) {
                super.lastBytesRead(bytes);
                used += Math.max(bytes, 0);
            }
        };
    }

    private ByteBuf nextDatagram() {
        if (block.refCnt() == 1) {
            used = 0;
        } else if (BLOCK_BYTES - used < MAX_DATAGRAM_BYTES) {
            block.release();
            block = newBlock();
            used = 0;
        }
        return block.retainedSlice(used, MAX_DATAGRAM_BYTES).clear();
    }
}
