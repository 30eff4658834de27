package org.kemari.ports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.NetBackend;
import org.kemari.api.backend.NetBackendFactory;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.Output;

class NetPortTest {
    private final List<Input> inbox = new CopyOnWriteArrayList<>();
    private final BackendTracker<NetBackendFactory> backends = new BackendTracker<>();
    private final PortHost host = new PortHost("test", proxy -> () -> {});
    private final NetPort port = new NetPort(host, new PortId("vm", "net0"), backends, "switch", "lan", inbox::add);
    private final Wire wire = new Wire();

    /** A network. */
    private static final class Wire implements NetBackendFactory, NetBackend {
        private final List<ByteBuffer> frames = new CopyOnWriteArrayList<>();
        private final List<Runnable> sent = new CopyOnWriteArrayList<>();
        private final AtomicReference<FrameSink> sink = new AtomicReference<>();

        @Override
        public NetBackend open(String vm, String network, FrameSink received) {
            sink.set(received);
            return this;
        }

        @Override
        public void send(ByteBuffer frame, Runnable done) {
            frames.add(frame);
            sent.add(done);
        }

        @Override
        public void close() {
            sink.set(null);
        }
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** The first frame is sent, once the network has it: it may have waited for the attachment. */
    private void firstIsSent(ByteBuffer frame) {
        CharPortTest.await(() -> !wire.sent.isEmpty(), "a frame at the network");
        assertSame(frame, wire.frames.get(0));
        assertNotSame(frame, port.buffer(60), "the network has it still");
        wire.sent.get(0).run();
    }

    private void attach(NetPort to) {
        backends.add("switch", wire);
        to.goLive(true);
        CharPortTest.await(() -> wire.sink.get() != null, "attached");
    }

    @Test
    void framesSaidBeforeTheAttachmentAreNotLostAndNotOvertaken() {
        backends.add("switch", wire);
        for (int each = 0; each < 100; each++) {
            if (each == 50) {
                port.goLive(true);
            }
            port.deliver(new Output.Frame(new byte[] {(byte) each}));
        }
        CharPortTest.await(() -> wire.frames.size() == 100, "all sent");
        for (int each = 0; each < 100; each++) {
            assertEquals((byte) each, wire.frames.get(each).get(0));
        }
        assertEquals(List.of(), inbox, "the line was always up");
    }

    @Test
    void theGuestHearsOfTheLineGoingAndComing() {
        attach(port);
        backends.remove(wire);
        assertEquals(List.of(new Input.LinkChanged("net0", false)), inbox);
        port.send(port.buffer(14));
        backends.add("switch", wire);
        CharPortTest.await(() -> inbox.size() == 2, "link up");
        assertEquals(new Input.LinkChanged("net0", true), inbox.get(1));
        assertEquals(0, wire.frames.size(), "frames into an unplugged line are lost");
    }

    @Test
    void framesComeInOnlyWhileAttached() {
        attach(port);
        ByteBuffer frame = ByteBuffer.allocateDirect(60);
        List<String> taken = new ArrayList<>();
        wire.sink.get().frame(frame, () -> taken.add("taken"));
        Input.FrameReceived received = (Input.FrameReceived) inbox.get(0);
        assertSame(frame, received.frame());
        Input.FrameReceived kept = received.kept();
        assertEquals(List.of(), taken, "the device has not taken it");
        received.taken().run();
        assertEquals(List.of("taken"), taken);
        frame.put(7, (byte) 99);
        assertEquals(0, kept.frame().get(7), "what is kept is its own");
    }

    @Test
    void aFrameThatTheInboxHasNoRoomForIsTakenAtOnce() {
        NetPort full = new NetPort(host, new PortId("vm", "net1"), backends, "switch", "lan", input -> false);
        attach(full);
        List<String> taken = new ArrayList<>();
        wire.sink.get().frame(ByteBuffer.allocate(60), () -> taken.add("taken"));
        assertEquals(List.of("taken"), taken);
    }

    @Test
    void aFrameGoesToTheNetworkAsItIsAndItsBufferIsUsedAgainOnceItIsSent() {
        attach(port);
        ByteBuffer frame = port.buffer(60);
        assertTrue(frame.isDirect(), "the host needs no copy of it");
        assertEquals(60, frame.remaining());
        assertTrue(frame.position() >= NetBackend.HEADROOM_BYTES);
        port.send(frame);
        firstIsSent(frame);
        assertSame(frame, port.buffer(1514));
        assertEquals(1514, frame.remaining());
    }

    @Test
    void whatIsNotSentIsUsedAgainAtOnce() {
        ByteBuffer early = port.buffer(60);
        port.send(early);
        assertNotSame(early, port.buffer(60), "it waits to be sent");
        port.goLive(true);
        backends.add("switch", wire);
        firstIsSent(early);
        backends.remove(wire);
        ByteBuffer lost = port.buffer(60);
        assertSame(early, lost);
        port.send(lost);
        assertSame(lost, port.buffer(60));
        port.giveBack(lost);
        assertSame(lost, port.buffer(60));
    }

    @Test
    void whatTheGateHoldsIsUsedAgainWhenItWasDeliveredAndSent() {
        attach(port);
        List<Output> said = new ArrayList<>();
        port.gate(Optional.of((from, output) -> said.add(output)));
        ByteBuffer frame = port.buffer(60);
        port.send(frame);
        assertEquals(List.of(), wire.frames);
        assertNotSame(frame, port.buffer(60));
        port.deliver(said.get(0));
        firstIsSent(frame);
        assertSame(frame, port.buffer(60));
    }
}
