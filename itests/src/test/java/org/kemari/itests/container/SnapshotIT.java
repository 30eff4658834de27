package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.itests.guest.ConsoleClient;
import org.osgi.service.cm.Configuration;

/** A snapshot of a running VM by the shell's command, and what is made of it again. */
public class SnapshotIT extends VmTest {
    @Test
    public void guestGoesOnFromItsSnapshotAndTheOneThatWasTakenFromRunsOn() throws Exception {
        int port = ConsoleClient.freePort();
        Map<String, Object> properties = echoGuest("frozen", port);
        Configuration configuration = configure(properties);
        Machine machine = awaitRunning("frozen");
        Path file = folder.resolve("frozen.snapshot");
        long taken;
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertEchoes(console, "before");
            taken = machine.status().instructions();
            assertEquals(
                    "snapshot of VM frozen written to " + file,
                    new Gogo(context).type("kemari:snapshot frozen " + file));
            assertEchoes(console, "after");
        }
        assertEquals(MachineState.RUNNING, machine.status().state());
        configuration.delete();
        Eventually.await("the VM is gone", () -> machine("frozen").isEmpty());

        properties.put("restore", file.toString());
        configure(properties);
        Machine restored = awaitRunning("frozen");
        assertTrue(restored.status().instructions() >= taken);
        try (ConsoleClient console = ConsoleClient.connect(port, Eventually.LIMIT)) {
            assertGoesOn(console, "again");
        }
    }

    @Test
    public void snapshotOfAnotherMachineOrOfNoneIsRefused() throws Exception {
        int port = ConsoleClient.freePort();
        Map<String, Object> properties = echoGuest("small", port);
        Configuration configuration = configure(properties);
        awaitRunning("small");
        Path file = folder.resolve("small.snapshot");
        new Gogo(context).type("kemari:snapshot small " + file);
        configuration.delete();
        Eventually.await("the VM is gone", () -> machine("small").isEmpty());

        byte[] whole = Files.readAllBytes(file);
        properties.put("restore", file.toString());
        properties.put("memory", "32M");
        refused(properties, "memory");
        properties.put("memory", "16M");
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        Files.write(file, flipped);
        refused(properties, file.toString());
        Files.write(file, Arrays.copyOf(whole, whole.length - 7));
        refused(properties, file.toString());
        Files.writeString(file, "I am no snapshot");
        refused(properties, file.toString());
    }

    private void refused(Map<String, Object> properties, String named) throws Exception {
        problems.clear();
        configure(properties);
        Eventually.await("it is refused for " + named, () -> !problems.isEmpty());
        assertTrue(problems.toString(), problems.get(0).contains(named));
        assertTrue(machine("small").isEmpty());
    }
}
