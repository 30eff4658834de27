package org.kemari.ft.primary;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.SealedEpoch;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;

class EpochSettlingTest {
    private final EpochSettling settling = new EpochSettling(500_000, 0);

    private void sealed(int outputs, int times) {
        sealed(outputs, 0, times);
    }

    private void sealed(int outputs, int diskChanges, int times) {
        DeviceOutput said = new DeviceOutput("device", new Output.Bytes(new byte[1]));
        for (int i = 0; i < times; i++) {
            settling.sealed(
                    new SealedEpoch(i, Collections.nCopies(outputs, said), Collections.nCopies(diskChanges, said)));
        }
    }

    @Test
    void guestThatSaysOneThingAtATimeIsNotWaitedFor() {
        assertTrue(settling.pays());
        sealed(1, 20);
        assertFalse(settling.pays());
        sealed(1, 1_000);
        assertFalse(settling.pays());
    }

    @Test
    void severalOutputsNowAndThenAreNoReasonToWait() {
        sealed(1, 1_000);
        for (int i = 0; i < 100; i++) {
            sealed(50, 1);
            assertFalse(settling.pays());
            sealed(1, 10);
        }
    }

    @Test
    void severalOutputsInEpochAfterEpochBringTheWaitBack() {
        sealed(1, 1_000);
        sealed(2, 8);
        assertTrue(settling.pays());
    }

    @Test
    void severalOutputsInEverySecondEpochBringTheWaitBack() {
        sealed(1, 1_000);
        for (int i = 0; i < 8; i++) {
            sealed(1, 1);
            sealed(4, 1);
        }
        assertTrue(settling.pays());
        sealed(1, 1);
        assertTrue(settling.pays());
    }

    @Test
    void diskChangesAreNotWaitedFor() {
        // A server that makes each request durable before it answers.
        sealed(1, 3, 20);
        assertFalse(settling.pays());
    }

    @Test
    void epochsWithoutOutputTeachNothing() {
        sealed(0, 100);
        assertTrue(settling.pays());
        sealed(1, 20);
        sealed(0, 100);
        assertFalse(settling.pays());
    }

    @Test
    void anEpochIsOverWhenNothingFollows() {
        settling.begins(1_000_000);
        assertFalse(settling.over(1_199_999));
        settling.goesOn(1_150_000);
        assertFalse(settling.over(1_349_999));
        assertTrue(settling.over(1_350_000));
    }

    /** Asked for by a timer. */
    @Test
    void anEpochWithoutOutputIsOver() {
        EpochSettling silent = new EpochSettling(500_000, Long.MAX_VALUE);
        assertTrue(silent.over(Long.MAX_VALUE + 200_000));
    }

    @Test
    void anEpochIsOverAfterItsLimitWhateverFollows() {
        settling.begins(1_000_000);
        for (long now = 1_100_000; now < 1_500_000; now += 100_000) {
            settling.goesOn(now);
            assertFalse(settling.over(now));
        }
        settling.goesOn(1_500_000);
        assertTrue(settling.over(1_500_000));
    }

    @Test
    void withoutALimitNobodyWaits() {
        assertFalse(new EpochSettling(0, 0).pays());
    }
}
