package org.kemari.ft.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.SealedEpoch;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;

class EpochSettlingTest {
    private final EpochSettling settling = new EpochSettling(500_000);

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
        sealed(1, EpochSettling.ALONE - 1);
        assertEquals(500_000, settling.limitNanos());
        sealed(1, 1);
        assertEquals(0, settling.limitNanos());
        sealed(1, 1_000);
        assertEquals(0, settling.limitNanos());
    }

    @Test
    void secondOutputInAnEpochBringsTheWaitBack() {
        sealed(1, EpochSettling.ALONE);
        sealed(2, 1);
        assertEquals(500_000, settling.limitNanos());
        sealed(1, EpochSettling.ALONE - 1);
        assertEquals(500_000, settling.limitNanos());
    }

    @Test
    void diskChangesAreNotWaitedFor() {
        // A server that makes each request durable before it answers.
        sealed(1, 3, EpochSettling.ALONE);
        assertEquals(0, settling.limitNanos());
    }

    @Test
    void epochsWithoutOutputTeachNothing() {
        sealed(1, EpochSettling.ALONE - 1);
        sealed(0, 100);
        assertEquals(500_000, settling.limitNanos());
        sealed(1, 1);
        sealed(0, 100);
        assertEquals(0, settling.limitNanos());
    }
}
