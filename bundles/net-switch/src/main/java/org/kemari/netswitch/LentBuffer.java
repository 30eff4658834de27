package org.kemari.netswitch;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;

/** Memory outside of the heap that somebody lent, and hears of when nobody here needs it any more. */
final class LentBuffer extends UnpooledDirectByteBuf {
    private final Runnable done;

    /**
     * @param memory is lent up to its limit; what is to be read begins at its position
     * @param done is run once, by the thread that releases it last
     */
    LentBuffer(ByteBuffer memory, Runnable done) {
        super(UnpooledByteBufAllocator.DEFAULT, memory.duplicate().position(0), memory.limit());
        this.done = done;
        setIndex(memory.position(), memory.limit());
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        done.run();
    }
}
