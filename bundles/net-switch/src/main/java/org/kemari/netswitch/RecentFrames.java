package org.kemari.netswitch;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What was sent to one address at another part before long. When that address is seen at a third part, its machine has
 * moved, and what was sent to the old place may have found nobody there: it is sent after it. Without this a TCP peer
 * of a machine whose host was killed sits out its retransmission timer, 200 ms at the least on Linux. A frame may so
 * arrive twice, as on any network. Each frame here is held, as Netty counts it. Event loop.
 */
final class RecentFrames {
    /** Longer than noticing a lost host and going on elsewhere take; later the peer's own timer has repeated it. */
    static final long KEPT_NANOS = 500_000_000L;
    /** Of a bulk transfer a part is enough: its first lost segment starts it again. */
    static final int MAX_FRAMES = 64;

    /** So long after a frame its machine may still say what it said before it took that frame in. */
    static final long ANSWER_NANOS = 50_000_000L;

    private record Sent(ByteBuf frame, InetSocketAddress peer, long atNanos) {}

    private final LongSupplier nanos;
    private final ArrayDeque<Sent> frames = new ArrayDeque<>();

    RecentFrames(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void sent(ByteBuf frame, InetSocketAddress peer) {
        long now = nanos.getAsLong();
        while (!frames.isEmpty() && (frames.size() >= MAX_FRAMES || now - frames.peek().atNanos > KEPT_NANOS)) {
            frames.poll().frame.release();
        }
        frames.add(new Sent(frame.retain(), peer, now));
    }

    /** {@code address} speaks, so what was sent to it some time ago has arrived. */
    void heard(long address) {
        long now = nanos.getAsLong();
        for (Iterator<Sent> each = frames.iterator(); each.hasNext(); ) {
            Sent sent = each.next();
            if (now - sent.atNanos <= ANSWER_NANOS) {
                return;
            }
            if (MacAddress.destination(sent.frame) == address) {
                each.remove();
                sent.frame.release();
            }
        }
    }

    /** What was sent to {@code address} at {@code peer}, oldest first; the caller's to release. */
    List<ByteBuf> take(long address, InetSocketAddress peer) {
        long now = nanos.getAsLong();
        List<ByteBuf> taken = new ArrayList<>();
        for (Iterator<Sent> each = frames.iterator(); each.hasNext(); ) {
            Sent sent = each.next();
            if (sent.peer.equals(peer) && MacAddress.destination(sent.frame) == address) {
                each.remove();
                if (now - sent.atNanos <= KEPT_NANOS) {
                    taken.add(sent.frame);
                } else {
                    sent.frame.release();
                }
            }
        }
        return taken;
    }

    void clear() {
        frames.forEach(sent -> sent.frame.release());
        frames.clear();
    }
}
