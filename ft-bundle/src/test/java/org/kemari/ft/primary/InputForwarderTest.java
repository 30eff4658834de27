package org.kemari.ft.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.Input;
import org.kemari.ft.protocol.OutputList;
import org.kemari.ft.protocol.PayloadException;

/** What is forwarded when more comes in than the strand takes away. */
final class InputForwarderTest {
    private static final int LARGE = 1 << 20;

    private final List<Boolean> brakes = new ArrayList<>();
    private final InputForwarder forwarder = new InputForwarder(() -> {}, brakes::add);

    private void key(int lengthBytes) {
        forwarder.taken(0, new Input.BytesReceived("uart0", new byte[lengthBytes]));
    }

    private void frame(int lengthBytes) {
        forwarder.taken(0, new Input.FrameReceived("net0", new byte[lengthBytes]));
    }

    private List<Integer> drained() throws PayloadException {
        List<Integer> lengths = new ArrayList<>();
        for (InputForwarder.Batch batch : forwarder.drain()) {
            for (Input input : OutputList.decodeInputs(batch.payload())) {
                lengths.add(
                        input instanceof Input.BytesReceived key
                                ? key.bytes().length
                                : -((Input.FrameReceived) input).frame().remaining());
            }
        }
        return lengths;
    }

    @Test
    void noKeyIsLeftOutAndTheGuestIsHeldBackUntilTheyAreTaken() throws PayloadException {
        for (int i = 0; i < InputForwarder.MAX_WAITING_BYTES / LARGE; i++) {
            key(LARGE);
        }
        assertEquals(List.of(), brakes);
        key(LARGE);
        key(1);
        assertEquals(List.of(true), brakes);
        assertEquals(List.of(LARGE, LARGE, LARGE, LARGE, LARGE, 1), drained());
        assertEquals(List.of(true, false), brakes);
        key(2);
        assertEquals(List.of(2), drained());
        assertEquals(List.of(true, false), brakes);
    }

    @Test
    void framesBeyondTheBoundAreLostButNoKeyBetweenThem() throws PayloadException {
        for (int i = 0; i < InputForwarder.MAX_WAITING_BYTES / LARGE; i++) {
            frame(LARGE);
        }
        key(3);
        frame(5);
        key(7);
        assertEquals(List.of(-LARGE, -LARGE, -LARGE, -LARGE, 3, 7), drained());
        assertTrue(brakes.contains(true));
    }
}
