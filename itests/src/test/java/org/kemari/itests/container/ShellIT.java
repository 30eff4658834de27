package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.ProtectionState;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.guest.EchoGuest;
import org.kemari.itests.process.Container;
import org.osgi.service.cm.Configuration;

/** The shell's commands as a person types them: what they say, and what they do. */
public class ShellIT extends ProtectedVmTest {
    private Gogo gogo;

    @Before
    public void sitDown() {
        gogo = new Gogo(context);
    }

    @Test
    public void vmsAreListedEachInARowAndAnEmptyContainerTellsHowOneIsMade() throws Exception {
        assertEquals("no VMs; configure one with factory PID org.kemari.vm", gogo.type("kemari:vms"));
        configure(echoGuest("ant", ConsoleClient.freePort()));
        configure(echoGuest("bee", ConsoleClient.freePort()));
        awaitRunning("ant");
        awaitRunning("bee");
        List<String> lines = gogo.type("kemari:vms").lines().toList();
        assertEquals(lines.toString(), 3, lines.size());
        assertMatches("VM +STATE +ROLE +MEMORY +HARTS +INSTRUCTIONS +PROTECTION", lines.get(0));
        assertMatches("ant +running +- +16M +1 +[0-9,]+ +none", lines.get(1));
        assertMatches("bee +running +- +16M +1 +[0-9,]+ +none", lines.get(2));
    }

    @Test
    public void statusTellsAllAboutAVmAndFollowsIt() throws Exception {
        int port = ConsoleClient.freePort();
        configure(echoGuest("ant", port));
        Machine machine = awaitRunning("ant");
        Map<String, String> told = status("ant");
        assertEquals("ant", told.get("VM"));
        assertEquals("running (started)", told.get("state"));
        assertEquals("16 MiB", told.get("memory"));
        assertEquals("1", told.get("harts"));
        assertTrue(told.toString(), told.containsKey("interpreted instructions"));
        assertTrue(told.toString(), told.get("uart0").contains("127.0.0.1:" + port));
        assertNull(told.get("protection"));
        assertNull(told.get("exit code"));
        try (ConsoleClient person = ConsoleClient.connect(port, Eventually.LIMIT)) {
            person.type(String.valueOf(EchoGuest.POWER_OFF));
            Eventually.await("the VM stands", () -> machine.status().state() == MachineState.STOPPED);
        }
        told = status("ant");
        assertTrue(told.toString(), told.get("state").startsWith("stopped"));
        assertEquals("0", told.get("exit code"));
    }

    @Test
    public void protectionIsSwitchedOnOffAndOnAndTheVmHandedOver() throws Exception {
        int console = ConsoleClient.freePort();
        int consoleAtBackup = ConsoleClient.freePort();
        int replication = ConsoleClient.freePort();
        configure(echoGuest("ant", console));
        Machine machine = awaitRunning("ant");
        // Where the terms are is configured; all else the commands do.
        Map<String, Object> off = primary("ant");
        off.put("mode", "off");
        Configuration protection = configure(FT_PID, "ant", off);
        try (Container backup = backup("ant", replication, "tcp:127.0.0.1:" + consoleAtBackup)) {
            try (ConsoleClient person = ConsoleClient.connect(console, Eventually.LIMIT)) {
                assertEquals(
                        "VM ant is to be protected by 127.0.0.1:" + replication
                                + "; kemari:status ant tells how far it is",
                        gogo.type("kemari:protect ant 127.0.0.1:" + replication));
                awaitState("ant", backup, ProtectionState.PROTECTED);
                assertMatches(
                        "ant +running +primary +16M +1 +[0-9,]+ +protected",
                        gogo.type("kemari:vms").lines().toList().get(1));
                Map<String, String> told = status("ant");
                assertEquals("protected", told.get("protection"));
                assertEquals("primary, mode event", told.get("role"));
                assertTrue(told.toString(), told.get("peer").contains(Integer.toString(replication)));
                assertEchoes(person, "guarded");

                assertEquals(
                        "VM ant goes on unprotected; kemari:protect ant switches protection on again",
                        gogo.type("kemari:unprotect ant"));
                awaitState("ant", backup, ProtectionState.OFF);
                assertEquals("off", protection.getProperties().get("mode"));
                assertEquals("off (switched off)", status("ant").get("protection"));
                assertEchoes(person, "plain");

                assertTrue(gogo.type("kemari:protect ant").contains("protected by 127.0.0.1:" + replication));
                awaitState("ant", backup, ProtectionState.PROTECTED);
                assertEchoes(person, "guarded again");
                assertEquals(MachineState.RUNNING, machine.status().state());
            }

            assertEquals("VM ant goes on at its backup", gogo.type("kemari:failover ant"));
            awaitState("ant", backup, ProtectionState.FENCED);
            Eventually.await("the VM stands here", () -> machine.status().state() == MachineState.STOPPED);
            try (ConsoleClient person = ConsoleClient.connect(consoleAtBackup, Eventually.LIMIT)) {
                assertGoesOn(person, "there");
            }
        }
    }

    /** Of the arbiter, neither side is told anything: both keep terms in the user's state folder. */
    @Test
    public void vmWhoseProtectionNobodyConfiguredIsProtectedByTheAddressAlone() throws Exception {
        Path terms = Path.of(System.getenv("XDG_STATE_HOME"), "kemari", "terms");
        deleteIfThere(terms);
        int replication = ConsoleClient.freePort();
        int console = ConsoleClient.freePort();
        configure(echoGuest("ant", console));
        awaitRunning("ant");
        try {
            gogo.type("kemari:protect ant 127.0.0.1:" + replication);
            assertTrue(terms + " is not there", Files.isDirectory(terms));
            try (Container backup = backup("ant", replication, "none", new String[0]);
                    ConsoleClient person = ConsoleClient.connect(console, Eventually.LIMIT)) {
                awaitState("ant", backup, ProtectionState.PROTECTED);
                assertEchoes(person, "guarded");
                assertEquals("VM ant goes on at its backup", gogo.type("kemari:failover ant"));
                awaitState("ant", backup, ProtectionState.FENCED);
            }
            try (Stream<Path> files = Files.list(terms)) {
                assertTrue(files.anyMatch(file -> file.getFileName().toString().startsWith("ant.term.")));
            }
        } finally {
            for (Configuration each : configurations.listConfigurations("(service.factoryPid=" + FT_PID + ")")) {
                each.delete();
            }
        }
    }

    private static void deleteIfThere(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    @Test
    public void everyCommandNamesAVmThatIsNotThereAndThoseThatAre() throws Exception {
        List<String> lines = List.of(
                "kemari:status ghost",
                "kemari:protect ghost",
                "kemari:protect ghost 127.0.0.1:7000",
                "kemari:unprotect ghost",
                "kemari:snapshot ghost " + folder.resolve("ghost.snapshot"),
                "kemari:failover ghost");
        for (String line : lines) {
            assertEquals(line, "no VM ghost here; configure one with factory PID org.kemari.vm", refused(line));
        }
        configure(echoGuest("ant", ConsoleClient.freePort()));
        configure(echoGuest("bee", ConsoleClient.freePort()));
        awaitRunning("ant");
        awaitRunning("bee");
        for (String line : lines) {
            assertEquals(line, "no VM ghost here; there are ant, bee", refused(line));
        }
        assertNull(configurations.listConfigurations("(service.factoryPid=" + FT_PID + ")"));
    }

    @Test
    public void commandsForProtectedVmsNameWhatIsMissing() throws Exception {
        configure(echoGuest("ant", ConsoleClient.freePort()));
        awaitRunning("ant");
        assertEquals(
                "VM ant has no backup configured; use kemari:protect ant HOST:PORT", refused("kemari:protect ant"));
        assertEquals(
                "VM ant: peer=nowhere is no HOST:PORT; use for example 127.0.0.1:7000",
                refused("kemari:protect ant nowhere"));
        assertEquals("VM ant is not protected; there is nothing to switch off", refused("kemari:unprotect ant"));
        assertEquals("VM ant is not protected; use kemari:protect ant HOST:PORT first", refused("kemari:failover ant"));
        assertNull(configurations.listConfigurations("(service.factoryPid=" + FT_PID + ")"));
    }

    /** What a command that fails says. */
    private String refused(String line) {
        return assertThrows(line, Exception.class, () -> gogo.type(line)).getMessage();
    }

    /** The lines of {@code kemari:status}: names are 24 characters wide. */
    private Map<String, String> status(String vm) throws Exception {
        return gogo.type("kemari:status " + vm)
                .lines()
                .collect(Collectors.toMap(line -> line.substring(0, 24).trim(), line -> line.substring(25)));
    }

    private static void assertMatches(String pattern, String line) {
        assertTrue("\"" + line + "\" is not " + pattern, line.matches(pattern));
    }
}
