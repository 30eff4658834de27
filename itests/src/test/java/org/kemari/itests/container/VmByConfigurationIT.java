package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.guest.EchoGuest;
import org.osgi.service.cm.Configuration;

/** There is one way for a VM to exist: a configuration. */
public class VmByConfigurationIT extends VmTest {
    @Test
    public void configurationBringsUpChangesAndTakesDownAVm() throws Exception {
        int port = ConsoleClient.freePort();
        Map<String, Object> properties = echoGuest("changing", port);
        Configuration configuration = configure(properties);
        Machine small = awaitRunning("changing");
        assertEquals(16L << 20, small.config().memoryBytes());
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertEchoes(console, "hello");
        }

        properties.put("memory", "32M");
        update(configuration, properties);
        Eventually.await(
                "the VM has 32 MiB",
                () -> machine("changing")
                        .filter(machine -> machine.config().memoryBytes() == 32L << 20)
                        .isPresent());
        Machine large = awaitRunning("changing");
        assertNotSame(small, large);
        assertEquals(MachineState.STOPPED, small.status().state());
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertEchoes(console, "again");
        }

        configuration.delete();
        Eventually.await("the VM is gone", () -> machine("changing").isEmpty());
        Eventually.await("the machine stands", () -> large.status().state() == MachineState.STOPPED);
    }

    @Test
    public void wrongChangeIsRefusedAndTheRunningVmUntouched() throws Exception {
        int port = ConsoleClient.freePort();
        Map<String, Object> properties = echoGuest("steady", port);
        Configuration configuration = configure(properties);
        Machine machine = awaitRunning("steady");
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertEchoes(console, "before");
            assertRefused(configuration, properties, "memory", "130000", "131072");
            assertRefused(configuration, properties, "harts", "9", "1 to 8");
            assertRefused(configuration, properties, "kernel", "/no/such/kernel", "/no/such/kernel");
            assertRefused(configuration, properties, "disks", "/no/such/image", "/no/such/image");
            assertRefused(configuration, properties, "colour", "red", "unknown");
            assertSame(machine, machine("steady").orElseThrow());
            assertEquals(MachineState.RUNNING, machine.status().state());
            assertEchoes(console, "after");
        }
    }

    private void assertRefused(
            Configuration configuration, Map<String, Object> good, String key, String value, String remedy)
            throws Exception {
        problems.clear();
        Map<String, Object> wrong = new Hashtable<>(good);
        wrong.put(key, value);
        update(configuration, wrong);
        Eventually.await(key + "=" + value + " is refused", () -> !problems.isEmpty());
        String problem = problems.get(0);
        assertTrue(problem, problem.startsWith("steady: ") && problem.contains(value) && problem.contains(remedy));
    }

    @Test
    public void kernelThatIsNoKernelIsNamed() throws Exception {
        Map<String, Object> properties = echoGuest("text", ConsoleClient.freePort());
        Path text = Files.writeString(folder.resolve("kernel.txt"), "I am no kernel");
        properties.put("kernel", text.toString());
        configure(properties);
        Eventually.await("the kernel is refused", () -> !problems.isEmpty());
        assertTrue(problems.toString(), problems.get(0).contains(text.toString()));
        assertTrue(machine("text").isEmpty());
    }

    @Test
    public void secondVmOfTheSameNameIsRefused() throws Exception {
        int port = ConsoleClient.freePort();
        configure(echoGuest("twin", port));
        Machine first = awaitRunning("twin");
        Configuration other = configure("org.kemari.vm", "other", echoGuest("twin", ConsoleClient.freePort()));
        Eventually.await("the second is refused", () -> !problems.isEmpty());
        assertTrue(problems.toString(), problems.get(0).contains("name=twin"));
        assertEquals(1, machines().size());
        assertEquals(MachineState.RUNNING, first.status().state());
        // Else it would come up, or fail to, when the first one goes: in the test after this one.
        other.delete();
    }

    @Test
    public void guestThatPowersOffStopsItsVmWithItsExitCode() throws Exception {
        int port = ConsoleClient.freePort();
        configure(echoGuest("short", port));
        Machine machine = awaitRunning("short");
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            console.type(String.valueOf(EchoGuest.POWER_OFF));
            Eventually.await("the VM stands", () -> machine.status().state() == MachineState.STOPPED);
        }
        assertEquals(0, machine.status().exitCode().orElseThrow());
    }

    @Test
    public void twoVmsRunInOneContainer() throws Exception {
        int[] ports = {ConsoleClient.freePort(), ConsoleClient.freePort()};
        configure(echoGuest("left", ports[0]));
        configure(echoGuest("right", ports[1]));
        awaitRunning("left");
        awaitRunning("right");
        try (ConsoleClient left = ConsoleClient.connect(ports[0], Eventually.LIMIT);
                ConsoleClient right = ConsoleClient.connect(ports[1], Eventually.LIMIT)) {
            assertEchoes(left, "l");
            assertEchoes(right, "r");
        }
    }
}
