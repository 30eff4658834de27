package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.kemari.ft.twin.World.checkState;
import static org.kemari.ft.twin.World.checkWorld;
import static org.kemari.ft.twin.World.numbers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.ProtectionState;
import org.kemari.ft.transport.TcpTransport;

/** Who may run the guest: only who won the term, and nobody while that cannot be known. */
final class ClaimTest {
    private static final TcpTransport TRANSPORT = new TcpTransport();

    private final MapArbiter arbiter = new MapArbiter();
    private final List<Host> hosts = new ArrayList<>();

    @AfterEach
    void closeHosts() {
        hosts.forEach(Host::close);
        hosts.clear();
    }

    @AfterAll
    static void closeTransport() {
        TRANSPORT.close();
    }

    private Host host(String name) {
        return host(new Host(name, arbiter, TRANSPORT));
    }

    private Host host(Host host) {
        hosts.add(host);
        return host;
    }

    @Test
    void aSplitLinkLeavesExactlyOneRunning() {
        for (int round = 0; round < 10; round++) {
            MapArbiter terms = new MapArbiter();
            Host backup = host(new Host("b", terms, TRANSPORT)).listen(0);
            Host primary = host(new Host("a", terms, TRANSPORT)).protect(backup.port());
            primary.await(ProtectionState.PROTECTED);
            backup.await(ProtectionState.PROTECTED);
            primary.silence(true);
            backup.silence(true);
            primary.await(
                    "a decision",
                    () -> primary.state() == ProtectionState.FENCED || primary.state() == ProtectionState.UNPROTECTED);
            backup.await(
                    "a decision",
                    () -> backup.state() == ProtectionState.FENCED || backup.state() == ProtectionState.UNPROTECTED);
            boolean stays = primary.state() == ProtectionState.UNPROTECTED;
            assertEquals(!stays, backup.state() == ProtectionState.UNPROTECTED);
            if (stays) {
                assertEquals(MachineState.CREATED, backup.machine.status().state());
                assertEquals(0, backup.machine.net().delivered().size());
            } else {
                primary.await("its stop", () -> primary.machine.status().state() == MachineState.STOPPED);
                int said = numbers(primary).size();
                backup.await("the guest", () -> numbers(backup).size() > 30);
                assertEquals(said, numbers(primary).size());
                checkWorld(primary, backup);
            }
            closeHosts();
        }
    }

    @Test
    void withoutTheArbiterNobodySpeaksAndThePrimaryStandsStillAndSaysSo() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        arbiter.unreachable(true);
        primary.silence(true);
        backup.silence(true);
        primary.await(ProtectionState.PAUSED);
        backup.await(ProtectionState.CLAIMING);
        assertTrue(primary.protection().status().reason().contains("arbiter.location=/terms"));
        primary.await("the pause", () -> primary.machine.status().state() == MachineState.PAUSED);
        int said = numbers(primary).size();
        assertEquals(MachineState.CREATED, backup.machine.status().state());
        assertEquals(said, numbers(primary).size());
        arbiter.unreachable(false);
        backup.await(
                "one to win",
                () -> primary.state() == ProtectionState.UNPROTECTED || backup.state() == ProtectionState.UNPROTECTED);
    }

    @Test
    void theBackupAsksTheArbiterAgainUntilItCanBeReachedAndThenGoesOn() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        primary.await("outputs", () -> numbers(primary).size() > 30);
        arbiter.unreachable(true);
        primary.framesToLive.set(0);
        backup.await(ProtectionState.CLAIMING);
        backup.await("the reason", () -> backup.protection().status().reason().contains("cannot be reached"));
        assertEquals(MachineState.CREATED, backup.machine.status().state());
        assertEquals(List.of(), backup.machine.net().delivered());
        arbiter.unreachable(false);
        backup.await(ProtectionState.UNPROTECTED);
        backup.await("the guest to go on", () -> numbers(backup).size() > 20);
        checkWorld(primary, backup);
        checkState(backup);
    }

    @Test
    void aBackupThatLostTheClaimStandsStillAndTakesItsPrimaryBack() throws Exception {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        primary.await("outputs", () -> numbers(primary).size() > 30);
        arbiter.claim("/terms", "web", 2, "a");
        primary.silence(true);
        backup.silence(true);
        backup.await(ProtectionState.FENCED);
        primary.await(ProtectionState.UNPROTECTED);
        assertEquals(MachineState.CREATED, backup.machine.status().state());
        assertEquals(List.of(), backup.machine.net().delivered());
        int said = numbers(primary).size();
        primary.await("outputs to pass", () -> numbers(primary).size() > said + 20);
        primary.silence(false);
        backup.silence(false);
        primary.await(ProtectionState.PROTECTED);
        backup.await(ProtectionState.PROTECTED);
        primary.framesToLive.set(0);
        backup.await(ProtectionState.UNPROTECTED);
        assertEquals(3, backup.protection().status().term());
        backup.await("the guest to go on", () -> numbers(backup).size() > 20);
        checkWorld(primary, backup);
        checkState(backup);
    }

    @Test
    void differentArbitersAreNoticedAtTheGreeting() {
        Host backup = host(new Host("b", new MapArbiter(), TRANSPORT)).listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await("the reason", () -> primary.protection().status().reason().contains("same arbiter.location"));
    }

    @Test
    void aVmThatLivesElsewhereIsNotStarted() throws Exception {
        arbiter.claim("/terms", "web", 7, "elsewhere");
        Host primary = host("a").protect(1);
        primary.await(ProtectionState.FENCED);
        assertEquals(MachineState.CREATED, primary.machine.status().state());
        assertTrue(primary.protection().status().reason().contains("lives at elsewhere since term 7"));
        assertThrows(
                CompletionException.class, () -> primary.protection().handOver().join());
    }

    @Test
    void aRunningVmThatLivesElsewhereIsPausedWithTheReason() throws Exception {
        arbiter.claim("/terms", "web", 7, "elsewhere");
        Host primary = host("a");
        primary.machine.start();
        long end = System.nanoTime() + 15_000_000_000L;
        while (primary.machine.status().state() != MachineState.RUNNING && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        primary.protect(1);
        primary.await(ProtectionState.FENCED);
        primary.await("the pause", () -> primary.machine.status().state() == MachineState.PAUSED);
        assertTrue(primary.protection().status().reason().contains("lives at elsewhere since term 7"));
        int said = numbers(primary).size();
        long steps = primary.machine.status().instructions();
        primary.machine.call(view -> null).get(5, TimeUnit.SECONDS);
        assertEquals(steps, primary.machine.status().instructions());
        assertEquals(said, numbers(primary).size());
    }

    @Test
    void anUnprotectedPrimaryWhoseVmIsTakenElsewhereIsPaused() throws Exception {
        Host primary = host("a").protect(1);
        primary.await("outputs to pass", () -> numbers(primary).size() > 20);
        arbiter.claim("/terms", "web", 2, "elsewhere");
        primary.await(ProtectionState.FENCED);
        primary.await("the pause", () -> primary.machine.status().state() == MachineState.PAUSED);
    }
}
