package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionState;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.process.Container;
import org.osgi.service.cm.Configuration;

/** Protection is switched by ConfigAdmin alone, and the guest never stops. The backup is a container of its own. */
public class ProtectionIT extends VmTest {
    private static final String FT_PID = "org.kemari.ft";

    /** A second process has to start on a machine that may be busy. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    public void protectionIsSwitchedOnOffAndOnAgainUnderARunningGuest() throws Exception {
        int console = ConsoleClient.freePort();
        int replication = ConsoleClient.freePort();
        Path terms = Files.createTempDirectory("kemari-terms-");
        configure(echoGuest("kept", console));
        Machine machine = awaitRunning("kept");
        try (Container backup = backup(replication, terms);
                ConsoleClient person = ConsoleClient.connect(console, Eventually.LIMIT)) {
            assertEchoes(person, "plain");

            Map<String, Object> on = new Hashtable<>();
            on.put("vm", "kept");
            on.put("role", "primary");
            on.put("mode", "event");
            on.put("peer", "127.0.0.1:" + replication);
            on.put("arbiter", "file");
            on.put("arbiter.location", terms.toString());
            Configuration protection = configure(FT_PID, "kept", on);
            awaitState(backup, ProtectionState.PROTECTED);
            assertEchoes(person, "guarded");

            Map<String, Object> off = new Hashtable<>(on);
            off.put("mode", "off");
            update(protection, off);
            awaitState(backup, ProtectionState.OFF);
            assertEchoes(person, "plain again");

            update(protection, on);
            awaitState(backup, ProtectionState.PROTECTED);
            assertEchoes(person, "guarded again");

            protection.delete();
            Eventually.await("the protection is gone", () -> protection().isEmpty());
            assertEchoes(person, "bare");
            assertSame(machine, machine("kept").orElseThrow());
            assertEquals(MachineState.RUNNING, machine.status().state());
            assertTrue("the backup has gone live: " + backup.tail(), backup.alive());
        } finally {
            deleteAll(terms);
        }
    }

    @Test
    public void wrongProtectionIsRefusedAndTheGuestUntouched() throws Exception {
        int console = ConsoleClient.freePort();
        configure(echoGuest("bold", console));
        awaitRunning("bold");
        try (ConsoleClient person = ConsoleClient.connect(console, Eventually.LIMIT)) {
            configure(
                    FT_PID,
                    "bold",
                    new Hashtable<>(Map.of(
                            "vm",
                            "bold",
                            "role",
                            "primary",
                            "mode",
                            "event",
                            "peer",
                            "192.0.2.1:7000",
                            "arbiter",
                            "file",
                            "arbiter.location",
                            folder.toString())));
            Eventually.await(
                    "the address is refused",
                    () -> service(Protection.class, "(kemari.vm=bold)")
                            .filter(protection -> protection.status().reason().contains("192.0.2.1"))
                            .isPresent());
            assertEchoes(person, "here");
        }
    }

    private Container backup(int replication, Path terms) {
        return Container.start(
                "backup",
                List.of("-Xmx256m", "-Dkemari.log.level=INFO"),
                "backup",
                "--listen",
                "127.0.0.1:" + replication,
                "--arbiter",
                terms.toString(),
                "--name",
                "kept",
                "--kernel",
                folder.resolve("kept.elf").toString(),
                "--firmware",
                "none",
                "--memory",
                "16M",
                "--console",
                "none");
    }

    private Optional<Protection> protection() throws Exception {
        return service(Protection.class, "(kemari.vm=kept)");
    }

    private void awaitState(Container backup, ProtectionState wanted) throws Exception {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (protection().map(found -> found.status().state()).orElse(null) != wanted) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("protection is not " + wanted + " but "
                        + protection().map(Protection::status) + "; the backup says:\n" + backup.tail());
            }
            Thread.sleep(20);
        }
    }

    private static void deleteAll(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
