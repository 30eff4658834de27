package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineState;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** A Linux boot, recorded and replayed. Runs where KEMARI_TEST_GUEST names a folder with Image and initramfs.cpio.gz. */
class LinuxBootReplayTest {
    /** The kernel has said its first lines, set up paging, timers and, if there are two, the second hart by then. */
    private static final long INSTRUCTIONS = Long.getLong("kemari.replay.instructions", 400_000_000L);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Timeout(600)
    void aRecordedBootGivesTheSameDigestAtTheSameInstructionCount(int harts) throws Exception {
        String guest = System.getenv("KEMARI_TEST_GUEST");
        assumeTrue(guest != null, "KEMARI_TEST_GUEST names no folder with a guest");
        Path kernel = Path.of(guest, "Image");
        assumeTrue(Files.exists(kernel), kernel + " is not there");
        MachineConfig config = new MachineConfig(
                "linux",
                MachineConfig.TYPE_RISCV64_VIRT,
                512L << 20,
                harts,
                Optional.of(kernel),
                Optional.of(Path.of(guest, "initramfs.cpio.gz")),
                MachineConfig.FIRMWARE_BUILTIN,
                "console=hvc0 earlycon=sbi kemari.off=yes",
                List.of(new DeviceSpec("uart", "uart0", Map.of())),
                Optional.empty());
        DeviceModels models = new DeviceModels();
        Printer printer = new Printer();
        models.add(printer);
        List<Journal.Entry> journal = new ArrayList<>();
        Machine machine = new VirtMachineBuilder(models).create(config, new byte[32]);
        byte[] digest;
        long count;
        try {
            machine.call(view -> {
                        view.listenInputs(Optional.of((at, input) -> journal.add(new Journal.Entry(at, input))));
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
            slot.insert(new Printer().create(slot.spec(), Journal.host(board, slot)));
        }
        Journal.replay(board, journal, count, 123_457);
        assertArrayEquals(digest, board.digest(), "after " + count + " instructions and " + journal.size() + " inputs");
    }

    /** A UART that only takes bytes. */
    private static final class Printer implements DeviceFactory, Device {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String type() {
            return "uart";
        }

        @Override
        public DeviceBus bus() {
            return DeviceBus.UART;
        }

        @Override
        public Device create(DeviceSpec spec, DeviceHost host) {
            return this;
        }

        @Override
        public long read(int offset, int sizeBytes) {
            return 0;
        }

        @Override
        public void write(int offset, int sizeBytes, long value) {
            if (offset == 0) {
                bytes.write((int) value);
            }
        }

        @Override
        public void accept(Input.ForDevice input) {}

        @Override
        public void reset() {}

        @Override
        public void save(StateWriter out) {}

        @Override
        public void restore(StateReader in) {}

        @Override
        public void goLive() {}

        @Override
        public void close() {}
    }
}
