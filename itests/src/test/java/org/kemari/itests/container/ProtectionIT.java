package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.util.Hashtable;
import java.util.Map;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.ProtectionState;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.process.Container;
import org.osgi.service.cm.Configuration;

/** Protection is switched by ConfigAdmin alone, and the guest never stops. The backup is a container of its own. */
public class ProtectionIT extends ProtectedVmTest {
    @Test
    public void protectionIsSwitchedOnOffAndOnAgainUnderARunningGuest() throws Exception {
        int console = ConsoleClient.freePort();
        int replication = ConsoleClient.freePort();
        configure(echoGuest("kept", console));
        Machine machine = awaitRunning("kept");
        try (Container backup = backup("kept", replication, "none");
                ConsoleClient person = ConsoleClient.connect(console, Eventually.LIMIT)) {
            assertEchoes(person, "plain");

            Map<String, Object> on = primary("kept");
            on.put("mode", "event");
            on.put("peer", "127.0.0.1:" + replication);
            Configuration protection = configure(FT_PID, "kept", on);
            awaitState("kept", backup, ProtectionState.PROTECTED);
            assertEchoes(person, "guarded");

            Map<String, Object> off = new Hashtable<>(on);
            off.put("mode", "off");
            update(protection, off);
            awaitState("kept", backup, ProtectionState.OFF);
            assertEchoes(person, "plain again");

            update(protection, on);
            awaitState("kept", backup, ProtectionState.PROTECTED);
            assertEchoes(person, "guarded again");

            protection.delete();
            Eventually.await("the protection is gone", () -> protection("kept").isEmpty());
            assertEchoes(person, "bare");
            assertSame(machine, machine("kept").orElseThrow());
            assertEquals(MachineState.RUNNING, machine.status().state());
            assertTrue("the backup has gone live: " + backup.tail(), backup.alive());
        }
    }

    @Test
    public void wrongProtectionIsRefusedAndTheGuestUntouched() throws Exception {
        int console = ConsoleClient.freePort();
        configure(echoGuest("bold", console));
        awaitRunning("bold");
        try (ConsoleClient person = ConsoleClient.connect(console, Eventually.LIMIT)) {
            Map<String, Object> abroad = primary("bold");
            abroad.put("mode", "event");
            abroad.put("peer", "192.0.2.1:7000");
            configure(FT_PID, "bold", abroad);
            Eventually.await(
                    "the address is refused",
                    () -> protection("bold")
                            .filter(protection -> protection.status().reason().contains("192.0.2.1"))
                            .isPresent());
            assertEchoes(person, "here");
        }
    }
}
