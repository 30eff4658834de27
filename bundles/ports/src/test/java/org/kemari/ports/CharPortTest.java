package org.kemari.ports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.CharBackend;
import org.kemari.api.backend.CharBackendFactory;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.Output;

class CharPortTest {
    private final List<Input> inbox = new CopyOnWriteArrayList<>();
    private final BackendTracker<CharBackendFactory> backends = new BackendTracker<>();
    private final PortHost host = new PortHost("test", proxy -> () -> {});
    private final Line line = new Line();
    private final CharPort port =
            new CharPort(host, new PortId("vm", "console"), backends, "line", "target", inbox::add);

    /** The other end of a console. */
    private static final class Line implements CharBackendFactory, CharBackend {
        private final StringBuffer shown = new StringBuffer();
        private final AtomicReference<ByteSink> sink = new AtomicReference<>();
        private volatile boolean refuse;
        private volatile boolean closed;

        @Override
        public CharBackend open(String vm, String target, ByteSink received) throws BackendException {
            if (refuse) {
                throw new BackendException("target=" + target + " is in use");
            }
            sink.set(received);
            return this;
        }

        @Override
        public void write(byte[] bytes) {
            shown.append(new String(bytes, StandardCharsets.US_ASCII));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    static void await(BooleanSupplier condition, String what) {
        long deadlineNanos = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadlineNanos, "not within 10 s: " + what);
            Thread.onSpinWait();
        }
    }

    private void say(String text) {
        for (byte each : text.getBytes(StandardCharsets.US_ASCII)) {
            port.write(new byte[] {each});
        }
    }

    private void awaitShown(String text) {
        await(() -> line.shown.toString().equals(text), "shown " + text);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void bytesAreShownInOrderAndWhatWasSaidEarlyToo() {
        say("early ");
        port.goLive(0);
        backends.add("line", line);
        await(() -> line.sink.get() != null, "opened");
        say("late");
        awaitShown("early late");
    }

    @Test
    void aGateTakesOutputsUntilItIsRemoved() {
        backends.add("line", line);
        port.goLive(0);
        await(() -> line.sink.get() != null, "opened");
        StringBuilder held = new StringBuilder();
        port.gate(Optional.of((from, output) -> {
            assertEquals(port, from);
            held.append((char) ((Output.Bytes) output).bytes()[0]);
        }));
        say("held");
        port.gate(Optional.empty());
        assertEquals("held", held.toString());
        port.deliver(new Output.Bytes("held".getBytes(StandardCharsets.US_ASCII)));
        say(" and free");
        awaitShown("held and free");
    }

    @Test
    void closingShowsWhatWasSaidLast() {
        backends.add("line", line);
        port.goLive(0);
        await(() -> line.sink.get() != null, "opened");
        say("prompt> ");
        port.close();
        assertTrue(line.closed);
        awaitShown("prompt> ");
    }

    @Test
    void inputIsHeldBackAtTheBoundUntilTheGuestReads() {
        backends.add("line", line);
        port.goLive(0);
        await(() -> line.sink.get() != null, "opened");
        byte[] half = new byte[CharPort.MAX_PENDING_INPUT_BYTES / 2];
        assertTrue(line.sink.get().bytes(half));
        assertTrue(line.sink.get().bytes(half));
        assertFalse(line.sink.get().bytes(new byte[1]));
        port.consumed(half.length);
        assertTrue(line.sink.get().bytes(half));
        assertEquals(3, inbox.size());
    }

    @Test
    void aBackendThatGoesIsClosedAndTheNextOneTakesOver() {
        backends.add("line", line);
        port.goLive(0);
        await(() -> line.sink.get() != null, "opened");
        backends.remove(line);
        assertTrue(line.closed, "closed before its bundle has gone");
        say("lost");
        Line next = new Line();
        backends.add("line", next);
        await(() -> next.sink.get() != null, "opened");
        say("seen");
        await(() -> next.shown.toString().equals("seen"), "seen");
    }

    @Test
    void aBackendThatCannotBeOpenedIsTriedAgain() {
        line.refuse = true;
        backends.add("line", line);
        port.goLive(0);
        line.refuse = false;
        await(() -> line.sink.get() != null, "opened at a later try");
    }

    @Test
    void beforeItGoesLiveItOpensNothing() {
        backends.add("line", line);
        port.close();
        assertEquals(null, line.sink.get());
    }
}
