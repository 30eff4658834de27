package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecentFramesTest {
    private static final InetSocketAddress OLD = new InetSocketAddress("127.0.0.1", 1);
    private static final InetSocketAddress OTHER = new InetSocketAddress("127.0.0.1", 2);
    private static final long MAC1 = 0x525400000001L;
    private static final long MAC2 = 0x525400000002L;

    private long nowNanos = Long.MAX_VALUE - 100_000_000L;
    private final RecentFrames recent = new RecentFrames(() -> nowNanos);

    private ByteBuf sent(long to, InetSocketAddress peer, int content) {
        ByteBuf frame = Unpooled.wrappedBuffer(Part.frame(to, 3, content));
        recent.sent(frame, peer);
        return frame;
    }

    @Test
    void onlyWhatWentToThatAddressAtThatPlaceIsTakenAndOnce() {
        ByteBuf first = sent(MAC1, OLD, 1);
        ByteBuf elsewhere = sent(MAC2, OLD, 2);
        sent(MAC1, OTHER, 3);
        ByteBuf last = sent(MAC1, OLD, 4);
        assertEquals(List.of(first, last), recent.take(MAC1, OLD));
        assertEquals(2, first.refCnt(), "the taker's now");
        assertEquals(List.of(), recent.take(MAC1, OLD));
        recent.clear();
        assertEquals(1, elsewhere.refCnt(), "no longer held");
    }

    @Test
    void whatItsTimerHasRepeatedIsNotSentAgainAlsoWhereTheClockWrapsRound() {
        ByteBuf old = sent(MAC1, OLD, 1);
        nowNanos += RecentFrames.KEPT_NANOS / 2;
        ByteBuf young = sent(MAC1, OLD, 2);
        nowNanos += RecentFrames.KEPT_NANOS / 2 + 1;
        assertEquals(List.of(young), recent.take(MAC1, OLD));
        assertEquals(1, old.refCnt(), "no longer held");
    }

    @Test
    void whatWasSentLongBeforeTheAddressSpokeHasArrived() {
        ByteBuf old = sent(MAC1, OLD, 1);
        ByteBuf elsewhere = sent(MAC2, OLD, 2);
        nowNanos += RecentFrames.ANSWER_NANOS + 1;
        ByteBuf young = sent(MAC1, OLD, 3);
        recent.heard(MAC1);
        assertEquals(1, old.refCnt(), "no longer held");
        assertEquals(List.of(young), recent.take(MAC1, OLD));
        assertEquals(List.of(elsewhere), recent.take(MAC2, OLD));
    }

    @Test
    void ofMoreThanTheBoundTheOldestAreForgotten() {
        ByteBuf oldest = sent(MAC1, OLD, 0);
        for (int i = 1; i <= RecentFrames.MAX_FRAMES; i++) {
            sent(MAC1, OLD, i);
        }
        assertEquals(1, oldest.refCnt(), "no longer held");
        List<ByteBuf> taken = recent.take(MAC1, OLD);
        assertEquals(RecentFrames.MAX_FRAMES, taken.size());
        assertEquals(1, taken.get(0).getByte(15));
    }
}
