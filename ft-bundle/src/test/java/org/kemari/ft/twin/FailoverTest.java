package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.kemari.ft.twin.World.checkState;
import static org.kemari.ft.twin.World.checkWorld;
import static org.kemari.ft.twin.World.numbers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.ProtectionState;
import org.kemari.ft.transport.TcpTransport;

/** Whole protections over real TCP on loopback, in one process, with a machine whose every state can be computed again. */
final class FailoverTest {
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
    void theBackupGoesOnWhereThePrimaryWasKilled() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        backup.await(ProtectionState.PROTECTED);
        primary.await("outputs", () -> numbers(primary).size() > 300);
        assertTrue(primary.protection().status().epochs() > 3);
        primary.framesToLive.set(0);
        backup.await(ProtectionState.UNPROTECTED);
        assertEquals(MachineState.RUNNING, backup.machine.status().state());
        backup.await("the guest to go on", () -> numbers(backup).size() > 20);
        checkWorld(primary, backup);
        checkState(backup);
    }

    @Test
    void theBackupIsToldWhatCodeIsHot() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        backup.await("the list", () -> Arrays.equals(primary.machine.hotCode, backup.machine.foretold));
        primary.machine.hotCode = new byte[] {1, 7};
        backup.await("the list that changed", () -> Arrays.equals(primary.machine.hotCode, backup.machine.foretold));
    }

    @Test
    void aListOfHotCodeThatTheBackupCannotReadHarmsNothing() {
        Host backup = host("b").listen(0);
        Host primary = host("a");
        primary.machine.hotCode = new byte[] {99};
        primary.protect(backup.port());
        backup.await("the list", () -> Arrays.equals(primary.machine.hotCode, backup.machine.foretold));
        int before = numbers(primary).size();
        primary.await("outputs", () -> numbers(primary).size() > before + 100);
        assertEquals(ProtectionState.PROTECTED, primary.state());
        assertEquals(ProtectionState.PROTECTED, backup.state());
        primary.framesToLive.set(0);
        backup.await(ProtectionState.UNPROTECTED);
        checkWorld(primary, backup);
        checkState(backup);
    }

    @Test
    void thousandsOfKillsAtAnyFrameLeaveACommittedPrefixAndLoseNoOutput() {
        long seed = Long.getLong("kemari.seed", System.nanoTime());
        int rounds = Integer.getInteger("kemari.kills", 150);
        System.out.println("seed=" + seed + " kills=" + rounds);
        Random random = new Random(seed);
        int goneLive = 0;
        for (int round = 0; round < rounds; round++) {
            MapArbiter terms = new MapArbiter();
            try (Host backup = new Host("b", terms, TRANSPORT, Host.MEMORY, 20_000).listen(0);
                    Host primary = new Host("a", terms, TRANSPORT, Host.MEMORY, 20_000)) {
                primary.framesToLive.set(1 + random.nextInt(120));
                primary.protect(backup.port());
                primary.await("death", primary::dead);
                backup.await(
                        "an end",
                        () -> backup.state() == ProtectionState.UNPROTECTED
                                || backup.state() == ProtectionState.CONNECTING);
                if (backup.state() == ProtectionState.UNPROTECTED) {
                    goneLive++;
                    long restored = backup.machine.restoredAt();
                    backup.await(
                            "the guest to go on", () -> backup.machine.status().instructions() > restored + 6);
                    checkState(backup);
                    // Before the first copy is whole outputs pass: only what was armed is covered by the backup.
                    if (primary.machine.net().gated()) {
                        long latest = numbers(primary).stream()
                                .mapToLong(Long::longValue)
                                .max()
                                .orElse(0);
                        assertTrue(latest <= restored, "round " + round + ": output " + latest + " > " + restored);
                        checkWorld(primary, backup);
                    }
                } else {
                    assertEquals(MachineState.CREATED, backup.machine.status().state(), "round " + round);
                }
            }
        }
        System.out.println("gone live " + goneLive);
        assertTrue(goneLive > rounds / 4, "only " + goneLive + " of " + rounds);
    }

    @Test
    void thePrimaryGoesOnWhenTheBackupIsLostAndIsProtectedAgainByANewOne() {
        Host first = host("b").listen(0);
        int port = first.port();
        Host primary = host("a").protect(port);
        primary.await(ProtectionState.PROTECTED);
        first.kill();
        first.close();
        primary.await(ProtectionState.UNPROTECTED);
        assertEquals(2, primary.protection().status().term());
        int said = numbers(primary).size();
        primary.await("outputs to pass", () -> numbers(primary).size() > said + 20);
        Host second = host("c").listen(port);
        primary.await(ProtectionState.PROTECTED);
        second.await(ProtectionState.PROTECTED);
        primary.framesToLive.set(0);
        second.await(ProtectionState.UNPROTECTED);
        assertEquals(3, second.protection().status().term());
        checkWorld(primary, second);
        checkState(second);
    }

    @Test
    void handOverLosesNothingAndStopsTheOldPrimary() throws Exception {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        primary.await("outputs", () -> numbers(primary).size() > 30);
        primary.protection().handOver().get(10, TimeUnit.SECONDS);
        assertEquals(ProtectionState.FENCED, primary.state());
        backup.await(ProtectionState.UNPROTECTED);
        primary.await("its stop", () -> primary.machine.status().state() == MachineState.STOPPED);
        backup.await("the guest", () -> numbers(backup).size() > 30);
        checkWorld(primary, backup);
        List<Long> again = new ArrayList<>(numbers(primary));
        again.retainAll(numbers(backup));
        assertEquals(List.of(), again, "nothing is said twice");
        checkState(backup);
    }

    @Test
    void switchingOffLetsTheGuestGoOnAndTheBackupForget() throws Exception {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        primary.primary().unprotect("mode=off").get(5, TimeUnit.SECONDS);
        assertEquals(ProtectionState.OFF, primary.state());
        assertFalse(primary.machine.net().gated());
        backup.await(ProtectionState.CONNECTING);
        int said = numbers(primary).size();
        primary.await("outputs to pass", () -> numbers(primary).size() > said + 20);
        primary.kill();
        assertEquals(MachineState.CREATED, backup.machine.status().state());
    }

    @Test
    void aGuestThatSwitchesItselfOffIsNotStartedAgain() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        primary.machine.powerOff();
        primary.await(ProtectionState.OFF);
        backup.await(ProtectionState.OFF);
        assertEquals(MachineState.CREATED, backup.machine.status().state());
        long steps = primary.machine.status().instructions();
        assertEquals(steps / 3, numbers(primary).size(), "its last words are heard");
    }

    @Test
    void aBackupWithLessMemoryIsRefusedAndTheGuestGoesOn() {
        Host backup = host("b").listen(0);
        Host primary =
                host(new Host("a", arbiter, TRANSPORT, Host.MEMORY * 2, 50_000)).protect(backup.port());
        primary.await(
                "the reason",
                () -> primary.protection()
                        .status()
                        .reason()
                        .contains(
                                "memory=" + Host.MEMORY * 2 + " at the primary but " + Host.MEMORY + " at the backup"));
        assertTrue(backup.protection().status().reason().contains("memory="));
        int said = numbers(primary).size();
        primary.await("outputs to pass", () -> numbers(primary).size() > said + 20);
    }

    @Test
    void aFullDiskAtTheBackupDegradesLoudlyAndNothingIsLost() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        backup.machine.disk().fill();
        primary.await(ProtectionState.UNPROTECTED);
        primary.await("the reason", () -> primary.protection().status().reason().contains("no space left on device"));
        int said = numbers(primary).size();
        primary.await("outputs to pass", () -> numbers(primary).size() > said + 20);
        assertEquals(MachineState.CREATED, backup.machine.status().state());
        backup.machine.disk().empty();
        primary.await(ProtectionState.PROTECTED);
        primary.framesToLive.set(0);
        backup.await(ProtectionState.UNPROTECTED);
        backup.await("the guest to go on", () -> numbers(backup).size() > 20);
        checkState(backup);
    }

    @Test
    void theTapsEndIsToldToTheBackupAndOutputsPass() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        primary.tap.close();
        assertEquals(ProtectionState.OFF, primary.state());
        assertFalse(primary.machine.net().gated());
        backup.await(ProtectionState.CONNECTING);
    }

    @Test
    void allThreadsEndWithTheirProtection() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        backup.framesToLive.set(0);
        primary.await(ProtectionState.UNPROTECTED);
        closeHosts();
        primary.await(
                "the end of all threads",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .noneMatch(name -> name.endsWith("-web") && name.startsWith("ft-")));
    }

    @Test
    void aDeviceBundleThatComesBackWhileProtectedLosesNoOutput() {
        Host backup = host("b").listen(0);
        Host primary = host("a").protect(backup.port());
        primary.await(ProtectionState.PROTECTED);
        primary.tap.remove(primary.machine.net());
        int said = numbers(primary).size();
        long epochs = primary.protection().status().epochs();
        primary.await("epochs", () -> primary.protection().status().epochs() > epochs + 5);
        assertTrue(numbers(primary).size() <= said + 40, "held while its proxy is away");
        primary.tap.add(primary.machine.net());
        primary.await("outputs", () -> numbers(primary).size() > said + 30);
        primary.framesToLive.set(0);
        backup.await(ProtectionState.UNPROTECTED);
        backup.await("the guest to go on", () -> numbers(backup).size() > 20);
        checkWorld(primary, backup);
    }
}
