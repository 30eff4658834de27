package org.kemari.ft.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class EpochSettlingTest {
    private final EpochSettling settling = new EpochSettling(500_000);

    private void sealed(int outputs, int times) {
        for (int i = 0; i < times; i++) {
            settling.sealed(outputs);
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
    void epochsWithoutOutputTeachNothing() {
        sealed(1, EpochSettling.ALONE - 1);
        sealed(0, 100);
        assertEquals(500_000, settling.limitNanos());
        sealed(1, 1);
        sealed(0, 100);
        assertEquals(0, settling.limitNanos());
    }
}
