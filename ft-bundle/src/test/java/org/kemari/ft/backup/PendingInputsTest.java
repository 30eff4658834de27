package org.kemari.ft.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.Input;

/** What is kept of a flood of inputs. */
final class PendingInputsTest {
    private static final int LARGE = 1 << 20;

    private final PendingInputs pending = new PendingInputs();

    private static Input key(int lengthBytes, int number) {
        byte[] bytes = new byte[lengthBytes];
        bytes[0] = (byte) number;
        return new Input.BytesReceived("uart0", bytes);
    }

    private static Input frame(int lengthBytes) {
        return new Input.FrameReceived("net0", new byte[lengthBytes]);
    }

    private List<Integer> keys() {
        List<Integer> numbers = new ArrayList<>();
        for (Input input : pending.list()) {
            if (input instanceof Input.BytesReceived key) {
                numbers.add((int) key.bytes()[0]);
            }
        }
        return numbers;
    }

    @Test
    void afterAKeyThatDidNotFitNoLaterOneIsKept() {
        pending.add(1, List.of(key(10 * LARGE, 1), key(10 * LARGE, 2), key(1, 3)));
        pending.add(1, List.of(key(1, 4)));
        pending.add(2, List.of(key(1, 5)));
        assertEquals(List.of(1), keys());
    }

    @Test
    void keysAreKeptAgainWhenTheEpochThatTookTheRefusedOnesIsCommitted() {
        pending.add(1, List.of(key(1, 1)));
        pending.add(2, List.of(key(16 * LARGE, 2)));
        pending.committed(1);
        pending.add(3, List.of(key(1, 3)));
        assertEquals(List.of(), keys(), "behind the hole, which is in no committed state yet");
        pending.committed(2);
        pending.add(4, List.of(key(1, 4)));
        assertEquals(List.of(), keys(), "behind the hole in epoch 3");
        pending.committed(4);
        pending.add(5, List.of(key(1, 5)));
        assertEquals(List.of(5), keys());
    }

    @Test
    void aFloodOfFramesLeavesRoomForEveryKey() {
        for (int i = 1; i <= 100; i++) {
            pending.add(1, Collections.nCopies(100, frame(1_500)));
            pending.add(1, List.of(key(1, i)));
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            all.add(i);
        }
        assertEquals(all, keys());
        assertEquals(PendingInputs.MAX_FRAMES + 100, pending.list().size());
        pending.add(1, List.of(frame(16 * LARGE)));
        assertEquals(PendingInputs.MAX_FRAMES + 100, pending.list().size());
    }

    @Test
    void aFloodOfSingleKeysIsCutOffAndNotThinnedOut() {
        for (int i = 0; i < 2 * PendingInputs.MAX_KEYS; i++) {
            pending.add(1, List.of(key(1, i % 100)));
        }
        List<Integer> kept = keys();
        assertEquals(PendingInputs.MAX_KEYS, kept.size());
        for (int i = 0; i < kept.size(); i++) {
            assertEquals(i % 100, kept.get(i));
        }
    }

    @Test
    void whatIsCommittedMakesRoom() {
        for (int epoch = 1; epoch <= 100; epoch++) {
            pending.add(epoch, List.of(frame(LARGE), key(LARGE, epoch)));
            pending.committed(epoch - 1);
            assertEquals(List.of(epoch), keys());
        }
        pending.clear();
        assertTrue(pending.list().isEmpty());
    }
}
