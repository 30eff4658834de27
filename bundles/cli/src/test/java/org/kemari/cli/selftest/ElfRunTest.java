package org.kemari.cli.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;

class ElfRunTest {
    private static MachineStatus status(MachineState state, OptionalInt code) {
        return new MachineStatus(state, "because", 0, 0, code, 0, 0);
    }

    @Test
    void outcomeIsWhatTheFinisherWasTold() {
        assertEquals(
                "PASS a",
                ElfRun.judge("a", status(MachineState.STOPPED, OptionalInt.of(0)))
                        .line());
        assertEquals(
                "FAIL a 7",
                ElfRun.judge("a", status(MachineState.STOPPED, OptionalInt.of(7)))
                        .line());
        assertEquals(
                "FAIL a crashed",
                ElfRun.judge("a", status(MachineState.FAILED, OptionalInt.empty()))
                        .line());
        assertEquals("TIMEOUT a", SelftestResult.timeout("a").line());
    }

    @Test
    void fileNamesBecomeNamesOfVmsThatDiffer() {
        assertEquals("rv64ui-p-add-3", ElfRun.vmName("rv64ui-p-add", 3));
        assertEquals("a_b_-0", ElfRun.vmName("a b+", 0));
        String name = ElfRun.vmName("x".repeat(200), 12);
        assertTrue(name.length() == 64 && name.endsWith("-12"), name);
    }
}
