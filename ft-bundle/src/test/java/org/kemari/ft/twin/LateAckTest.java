package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.kemari.ft.twin.World.checkState;
import static org.kemari.ft.twin.World.checkWorld;
import static org.kemari.ft.twin.World.numbers;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.ProtectionState;
import org.kemari.ft.transport.TcpTransport;

/** A primary that learns late what its backup has acknowledged: the backup may have given it up since. */
final class LateAckTest {
    private static final TcpTransport TRANSPORT = new TcpTransport();
    /** The backup's limit is 400 ms. */
    private static final long LATE_NANOS = 450_000_000;

    private final MapArbiter arbiter = new MapArbiter();
    private final List<Host> hosts = new ArrayList<>();
    private final Host backup = host("b");
    /** Its own limit is no measure of the backup's patience. */
    private final Host primary = host("a").with("heartbeat.limit.ms", "60000");

    @AfterEach
    void closeHosts() {
        hosts.forEach(Host::close);
    }

    @AfterAll
    static void closeTransport() {
        TRANSPORT.close();
    }

    private Host host(String name) {
        Host host = new Host(name, arbiter, TRANSPORT);
        hosts.add(host);
        return host;
    }

    /** Until the primary has an acknowledgement that it does not know; gives what it had said then. */
    private List<Long> awaitLateAck() {
        primary.protect(backup.listen(0).port());
        primary.await(ProtectionState.PROTECTED);
        primary.await("outputs", () -> numbers(primary).size() > 30);
        primary.late(Host.Late.ACKS);
        primary.await("an ACK", primary::waitsForAck);
        return numbers(primary);
    }

    private void awaitLateness() {
        long due = System.nanoTime() + LATE_NANOS;
        primary.await("the ACK to be late", () -> System.nanoTime() - due >= 0);
    }

    @Test
    void aPrimaryThatStoodStillSaysNothingOnceItsBackupIsLive() {
        List<Long> said = awaitLateAck();
        primary.late(Host.Late.EVERYTHING);
        backup.await(ProtectionState.UNPROTECTED);
        backup.await("the guest to go on", () -> numbers(backup).size() > 20);
        primary.learn();
        primary.await(ProtectionState.FENCED);
        primary.await("its stop", () -> primary.machine.status().state() == MachineState.STOPPED);
        assertEquals(said, numbers(primary));
        checkWorld(primary, backup);
        checkState(backup);
    }

    @Test
    void theOutputsOfALateAckGoIfTheTermStands() {
        List<Long> said = awaitLateAck();
        awaitLateness();
        assertEquals(said, numbers(primary));
        primary.learn();
        primary.await("outputs", () -> numbers(primary).size() > said.size() + 30);
        assertEquals(ProtectionState.PROTECTED, primary.state());
        assertEquals(ProtectionState.PROTECTED, backup.state());
    }

    @Test
    void withoutTheArbiterTheOutputsOfALateAckStayHeldUntilItCanBeAsked() {
        List<Long> said = awaitLateAck();
        awaitLateness();
        arbiter.unreachable(true);
        int asked = arbiter.askedInVain();
        primary.learn();
        primary.await("two questions", () -> arbiter.askedInVain() >= asked + 2);
        assertEquals(said, numbers(primary));
        arbiter.unreachable(false);
        primary.await("outputs", () -> numbers(primary).size() > said.size() + 30);
        assertEquals(ProtectionState.PROTECTED, primary.state());
    }
}
