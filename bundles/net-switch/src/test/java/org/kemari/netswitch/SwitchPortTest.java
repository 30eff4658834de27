package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.kemari.netswitch.Part.BROADCAST;
import static org.kemari.netswitch.Part.frame;

import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a card's end of the wire asks of the event loop, which the test turns by hand. */
class SwitchPortTest {
    private static final long MAC = 0x0200_0000_0001L;

    private final Deque<Runnable> loop = new ArrayDeque<>();
    private final SwitchCounters counters = new SwitchCounters();
    private final EthernetSwitch network = new EthernetSwitch(System::nanoTime, counters);
    private final List<byte[]> heard = new ArrayList<>();
    private final SwitchPort port = new SwitchPort("vm1", network, loop::add, counters, (frame, taken) -> taken.run());
    private int sent;

    @BeforeEach
    void listen() {
        network.up(List.of(), (frame, peer) -> {});
        network.attach(port);
        network.attach(new SwitchPort("vm2", network, loop::add, counters, (frame, taken) -> {
            heard.add(Part.bytes(frame));
            taken.run();
        }));
    }

    private void send(int from, int to) {
        for (int i = from; i < to; i++) {
            send(port, i);
        }
    }

    private void send(SwitchPort from, int content) {
        from.send(Part.lent(frame(BROADCAST, MAC, content)), () -> sent++);
    }

    private void expect(int count) {
        assertEquals(count, heard.size(), "frames heard");
        for (int i = 0; i < count; i++) {
            assertArrayEquals(frame(BROADCAST, MAC, i), heard.get(i), "frame " + i);
        }
    }

    @Test
    void framesInARowWakeTheLoopOnce() {
        send(0, 100);
        assertEquals(1, loop.size(), "tasks for 100 frames");
        loop.remove().run();
        expect(100);
        assertTrue(loop.isEmpty(), "a task for nothing");
        send(100, 101);
        loop.remove().run();
        expect(101);
    }

    @Test
    void aLongRowLetsOthersHaveTheirTurn() {
        send(0, 1_000);
        loop.remove().run();
        assertTrue(heard.size() < 1_000, "one turn for all frames");
        assertEquals(1, loop.size(), "tasks for the rest");
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
        expect(1_000);
    }

    @Test
    void whatDoesNotFitOnTheWireIsDroppedAndCounted() {
        send(0, 5_000);
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
        expect(4_096);
        assertEquals(5_000, sent, "frames given back");
        assertEquals(5_000 - 4_096, counters.droppedFull.sum(), "frames dropped");
        heard.clear();
        send(0, 1);
        loop.remove().run();
        expect(1);
    }

    @Test
    void aFrameThatFailsDoesNotHoldUpThoseBehindIt() {
        network.up(List.of(InetSocketAddress.createUnresolved("peer", 1)), (frame, peer) -> {
            if (Arrays.equals(ByteBufUtil.getBytes(frame), frame(BROADCAST, MAC, 0))) {
                throw new IllegalStateException("broken by the test");
            }
        });
        send(0, 3);
        assertThrows(IllegalStateException.class, loop.remove()::run);
        loop.remove().run();
        expect(3);
        assertEquals(3, sent, "frames given back");
        send(3, 4);
        loop.remove().run();
        expect(4);
    }

    @Test
    void aStoppedLoopIsAnUnpluggedCable() {
        SwitchPort unplugged = new SwitchPort(
                "vm3",
                network,
                task -> {
                    throw new RejectedExecutionException();
                },
                counters,
                (frame, taken) -> taken.run());
        send(unplugged, 0);
        send(unplugged, 1);
        expect(0);
        assertEquals(2, sent, "frames given back");
    }
}
