package org.kemari.ft.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Time is given, none passes. */
final class HeartbeatTest {
    private static final long MILLI = 1_000_000;

    private final AtomicInteger beats = new AtomicInteger();
    private final List<Long> lost = new ArrayList<>();
    private final Heartbeat heartbeat = new Heartbeat(50, 250, 0, beats::incrementAndGet, lost::add);

    @Test
    void silenceForTheLimitIsLossAndIsToldOnce() {
        heartbeat.tick(50 * MILLI);
        for (int tick = 2; tick <= 5; tick++) {
            heartbeat.tick(tick * 50 * MILLI);
            assertEquals(List.of(), lost);
        }
        for (int tick = 6; tick <= 20; tick++) {
            heartbeat.tick(tick * 50 * MILLI);
        }
        assertEquals(List.of(250L), lost);
        assertEquals(6, beats.get());
    }

    @Test
    void anySignOfLifeStartsTheCountAnew() {
        for (int tick = 1; tick <= 100; tick++) {
            if (tick % 5 == 0) {
                heartbeat.heard(tick * 50 * MILLI);
            }
            heartbeat.tick(tick * 50 * MILLI);
        }
        assertEquals(List.of(), lost);
    }

    @Test
    void aPauseOfOurOwnIsNotThePeersDeath() {
        heartbeat.tick(50 * MILLI);
        heartbeat.tick(10_000 * MILLI);
        assertEquals(List.of(), lost);
        heartbeat.heard(10_001 * MILLI);
        heartbeat.tick(20_000 * MILLI);
        assertEquals(List.of(), lost);
    }
}
