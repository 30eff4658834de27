package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineState;

/** A Linux boot, recorded and replayed. Runs where there is a {@link LinuxTestGuest}. */
class LinuxBootReplayTest {
    /** The kernel has said its first lines, set up paging, timers and, if there are two, the second hart by then. */
    private static final long INSTRUCTIONS = Long.getLong("kemari.replay.instructions", 400_000_000L);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Timeout(600)
    void aRecordedBootGivesTheSameDigestAtTheSameInstructionCount(int harts) throws Exception {
        MachineConfig config = LinuxTestGuest.config(harts, "console=hvc0 earlycon=sbi kemari.off=yes");
        DeviceModels models = new DeviceModels();
        PrintingUart printer = new PrintingUart();
        models.add(printer);
        List<Journal.Entry> journal = new ArrayList<>();
        Machine machine = new VirtMachineBuilder(models).create(config, new byte[32]);
        byte[] digest;
        long count;
        try {
            machine.call(view -> {
                        view.listenInputs(Optional.of((at, input) -> journal.add(new Journal.Entry(at, input.kept()))));
                        return null;
                    })
                    .get(10, TimeUnit.SECONDS);
            machine.start();
            while (machine.call(view -> view.instructionCount()).get(10, TimeUnit.SECONDS) < INSTRUCTIONS) {
                Thread.sleep(10);
            }
            machine.pause("to compare").get(10, TimeUnit.SECONDS);
            assertEquals(MachineState.PAUSED, machine.status().state());
            count = machine.status().instructions();
            digest = machine.call(view -> view.digest()).get(60, TimeUnit.SECONDS);
        } finally {
            machine.stop("the test is over").get(10, TimeUnit.SECONDS);
        }
        String said = printer.text();
        assertTrue(said.contains("Linux version"), said);

        VirtBoard board = VirtMachineBuilder.board(config, new byte[32]);
        for (DeviceSlot slot : board.slots()) {
            slot.insert(new PrintingUart().create(slot.spec(), Journal.host(board, slot)));
        }
        Journal.replay(board, journal, count, 123_457);
        assertArrayEquals(digest, board.digest(), "after " + count + " instructions and " + journal.size() + " inputs");
    }
}
