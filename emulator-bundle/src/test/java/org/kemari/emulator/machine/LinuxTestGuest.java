package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.MachineConfig;

/** The Linux guest, for tests that run where KEMARI_TEST_GUEST names a folder with Image and initramfs.cpio.gz. */
final class LinuxTestGuest {
    private static final String VARIABLE = "KEMARI_TEST_GUEST";
    private static final long MEMORY_BYTES = 512L << 20;

    static final long EPOCH_NANOS = 1_700_000_000_000_000_000L;

    private LinuxTestGuest() {}

    /** The clock as the guest should see it now; fails if it waits for what does not come. */
    static Input clock(GuestPace pace, VirtBoard board) {
        return pace.next(board)
                .orElseThrow(() -> new AssertionError("the guest waits for what does not come, at " + board.count()));
    }

    /** A machine that boots it, with a UART as its only device; the test that asks is left out if there is no guest. */
    static MachineConfig config(int harts, String commandLine) {
        String folder = System.getenv(VARIABLE);
        assumeTrue(folder != null, VARIABLE + " names no folder with a guest");
        Path kernel = Path.of(folder, "Image");
        assumeTrue(Files.exists(kernel), kernel + " is not there");
        return new MachineConfig(
                "linux",
                MachineConfig.TYPE_RISCV64_VIRT,
                MEMORY_BYTES,
                harts,
                Optional.of(kernel),
                Optional.of(Path.of(folder, "initramfs.cpio.gz")),
                MachineConfig.FIRMWARE_BUILTIN,
                commandLine,
                List.of(new DeviceSpec("uart", "uart0", Map.of())),
                Optional.empty());
    }
}
