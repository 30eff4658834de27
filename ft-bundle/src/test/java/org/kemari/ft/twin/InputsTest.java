package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.Input;
import org.kemari.api.protection.ProtectionState;
import org.kemari.ft.transport.TcpTransport;

/** What is typed at a guest whose line to the backup is slower than the typist. */
final class InputsTest {
    private static final TcpTransport TRANSPORT = new TcpTransport();
    private static final int CHUNK_BYTES = 64 << 10;
    /** More than waits at the primary: 4 MiB. */
    private static final int CHUNKS = 100;

    @AfterAll
    static void closeTransport() {
        TRANSPORT.close();
    }

    @Test
    void keysThatTheLineDoesNotTakeHoldTheGuestBackAndReachTheBackupWithoutAHole() {
        MapArbiter arbiter = new MapArbiter();
        try (Host backup = new Host("b", arbiter, TRANSPORT).listen(0);
                Host primary = new Host("a", arbiter, TRANSPORT)) {
            primary.protect(backup.port());
            primary.await(ProtectionState.PROTECTED);
            // No further epoch is committed: all that is typed from here on must be given again.
            primary.late(Host.Late.ACKS);
            primary.await("an ACK", primary::waitsForAck);
            primary.clog(() -> true);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < CHUNKS; i++) {
                byte[] chunk = new byte[CHUNK_BYTES];
                Arrays.fill(chunk, (byte) i);
                all.writeBytes(chunk);
                primary.machine.inbox().offer(new Input.BytesReceived("uart0", chunk));
            }
            primary.await("the guest to be held back", primary.machine::throttled);
            int taken = primary.machine.typed().length;
            assertTrue(taken < CHUNKS * CHUNK_BYTES, "all was taken in: " + taken);
            primary.unclog();
            primary.await("the guest to take in the rest", () -> primary.machine.typed().length == all.size());
            // More than the keys alone; what comes with each is far less than a chunk.
            primary.await("them to be forwarded", () -> primary.inputBytesSent.get() >= all.size());
            primary.framesToLive.set(0);
            backup.await(ProtectionState.UNPROTECTED);
            backup.await("the guest to take them in again", () -> backup.machine.typed().length >= all.size());
            assertArrayEquals(all.toByteArray(), backup.machine.typed());
        }
    }
}
