package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.ProtectionState;
import org.kemari.ft.transport.TcpTransport;

/** What is told of a checkpoint's pause. */
final class PauseTest {
    private static final TcpTransport TRANSPORT = new TcpTransport();
    /** More than the staging's 4,096, so that they are fetched in two turns. */
    private static final int PAGES = 6_000;

    private static final long SLOW_NANOS = 300_000_000;
    /** A step each 100 ms: so few checkpoints that the slow one is the 99th percentile of their pauses. */
    private static final long STEP_NANOS = 100_000_000;

    private static final long MEMORY = 32 << 20;

    @AfterAll
    static void closeTransport() {
        TRANSPORT.close();
    }

    @Test
    void aCheckpointFetchedInTurnsPausesTheGuestUntilTheLastIsFetched() {
        MapArbiter arbiter = new MapArbiter();
        try (Host backup = new Host("b", arbiter, TRANSPORT, MEMORY, STEP_NANOS).listen(0);
                Host primary = new Host("a", arbiter, TRANSPORT, MEMORY, STEP_NANOS).with("epoch.ms", "10000")) {
            primary.protect(backup.port());
            primary.await(ProtectionState.PROTECTED);
            primary.clog(primary.machine::throttled);
            primary.machine.touch(PAGES);
            primary.await("the guest to be held back", primary.machine::throttled);
            long steps = primary.machine.status().instructions();
            long slowUntil = System.nanoTime() + SLOW_NANOS;
            primary.await("the line to be slow for long enough", () -> System.nanoTime() - slowUntil >= 0);
            assertTrue(primary.machine.status().instructions() <= steps + 1, "the guest executes although held back");
            long epochs = primary.protection().status().epochs();
            primary.unclog();
            primary.await("the checkpoint", () -> primary.protection().status().epochs() > epochs);
            long pauseMicros = primary.protection().status().pauseMicrosP99();
            assertTrue(pauseMicros >= SLOW_NANOS / 1_000, "the guest stood longer than " + pauseMicros + " us");
        }
    }
}
