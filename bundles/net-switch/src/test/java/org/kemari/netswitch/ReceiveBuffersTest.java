package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReceiveBuffersTest {
    private static final int FRAME_BYTES = 1500;
    private final ExtendedHandle handle = new ReceiveBuffers().newHandle();

    private ByteBuf receive(int lengthBytes) {
        ByteBuf datagram = handle.allocate(ByteBufAllocator.DEFAULT);
        assertEquals(ReceiveBuffers.MAX_DATAGRAM_BYTES, datagram.writableBytes());
        datagram.writerIndex(lengthBytes);
        handle.lastBytesRead(lengthBytes);
        return datagram;
    }

    @Test
    void whatIsTakenAtOnceIsReceivedInOnePlace() {
        long place = receive(FRAME_BYTES).memoryAddress();
        ByteBuf first = receive(FRAME_BYTES);
        assertEquals(place + FRAME_BYTES, first.memoryAddress(), "close together");
    }

    @Test
    void aBlockIsBegunAnewWhenAllOfItIsTaken() {
        ByteBuf first = receive(FRAME_BYTES);
        long place = first.memoryAddress();
        ByteBuf second = receive(FRAME_BYTES);
        first.release();
        assertNotEquals(place, receive(0).memoryAddress(), "the second is there still");
        second.release();
    }

    @Test
    void nothingReceivedUsesNothing() {
        long place = receive(0).memoryAddress();
        handle.lastBytesRead(-1);
        assertEquals(place, receive(0).memoryAddress());
    }

    @Test
    void whatIsNotTakenIsNotWrittenOverAndBlocksAreUsedAgain() {
        Set<Long> places = new HashSet<>();
        for (int round = 0; round < 10; round++) {
            List<ByteBuf> held = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                ByteBuf datagram = receive(FRAME_BYTES);
                datagram.setInt(0, i);
                held.add(datagram);
                places.add(datagram.memoryAddress());
            }
            for (int i = 0; i < held.size(); i++) {
                assertEquals(i, held.get(i).getInt(0));
                held.get(i).release();
            }
        }
        assertTrue(places.size() <= 2_000, places.size() + " places for 1000 frames at a time");
    }
}
