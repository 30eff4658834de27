package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;

@Timeout(120)
final class RehearsalTest {
    /** More than a round: by then a saved state has come back. */
    private static final long SEVERAL_ROUNDS = 3_000_000;

    @TempDir
    Path folder;

    @Test
    void theStartOfAGuestWithDevicesIsExecutedOnAndOnAndTheMachineStandsUntouched() throws Exception {
        DeviceModels models = new DeviceModels();
        models.add(new PlainDevice.Maker());
        Machine machine =
                new VirtMachineBuilder(models).create(TestGuests.config(TestGuests.mixer(folder), 1), new byte[0]);
        try {
            Rehearsal rehearsal = Rehearsal.begin(machine).orElseThrow();
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
            while (rehearsal.executed() < SEVERAL_ROUNDS && System.nanoTime() - deadlineNanos < 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            assertTrue(rehearsal.executed() >= SEVERAL_ROUNDS, "it ended after " + rehearsal.executed());
            assertEquals(MachineState.CREATED, machine.status().state());
            assertEquals(0, machine.status().instructions());
            machine.start();
            rehearsal.await(10_000);
        } finally {
            machine.stop("the test is over").get(10, TimeUnit.SECONDS);
        }
    }
}
