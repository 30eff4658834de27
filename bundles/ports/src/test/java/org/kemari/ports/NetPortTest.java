package org.kemari.ports;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        private final List<byte[]> sent = new CopyOnWriteArrayList<>();
        private final AtomicReference<FrameSink> sink = new AtomicReference<>();

        @Override
        public NetBackend open(String vm, String network, FrameSink received) {
            sink.set(received);
            return this;
        }

        @Override
        public void send(byte[] frame) {
            sent.add(frame);
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

    @Test
    void framesSaidBeforeTheAttachmentAreNotLostAndNotOvertaken() {
        backends.add("switch", wire);
        for (int each = 0; each < 100; each++) {
            if (each == 50) {
                port.goLive(true);
            }
            port.deliver(new Output.Frame(new byte[] {(byte) each}));
        }
        CharPortTest.await(() -> wire.sent.size() == 100, "all sent");
        for (int each = 0; each < 100; each++) {
            assertArrayEquals(new byte[] {(byte) each}, wire.sent.get(each));
        }
        assertEquals(List.of(), inbox, "the line was always up");
    }

    @Test
    void theGuestHearsOfTheLineGoingAndComing() {
        backends.add("switch", wire);
        port.goLive(true);
        CharPortTest.await(() -> wire.sink.get() != null, "attached");
        backends.remove(wire);
        assertEquals(List.of(new Input.LinkChanged("net0", false)), inbox);
        port.send(new byte[14]);
        backends.add("switch", wire);
        CharPortTest.await(() -> inbox.size() == 2, "link up");
        assertEquals(new Input.LinkChanged("net0", true), inbox.get(1));
        assertEquals(0, wire.sent.size(), "frames into an unplugged line are lost");
    }

    @Test
    void framesComeInOnlyWhileAttached() {
        backends.add("switch", wire);
        port.goLive(true);
        CharPortTest.await(() -> wire.sink.get() != null, "attached");
        wire.sink.get().frame(new byte[60]);
        assertEquals(1, inbox.size());
        assertTrue(inbox.get(0) instanceof Input.FrameReceived);
    }

    @Test
    void aGateTakesFrames() {
        port.gate(Optional.of(
                (from, output) -> inbox.add(new Input.FrameReceived(from.device(), ((Output.Frame) output).frame()))));
        port.send(new byte[60]);
        assertEquals(1, inbox.size());
    }
}
