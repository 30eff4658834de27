package org.kemari.api.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kemari.api.device.DeviceSpec;

/**
 * What a machine is made of, checked.
 *
 * @param name unique in a container: letters, digits, '.', '_' and '-', at most 64
 * @param type machine type, {@code riscv64-virt}
 * @param memoryBytes guest RAM, a multiple of 4096, from 1 MiB to 64 GiB
 * @param harts number of harts, 1 to 8
 * @param kernel Linux {@code Image} or ELF
 * @param initrd initial ramdisk
 * @param firmware {@code builtin} (SBI in the emulator), {@code none} (the kernel is an ELF that starts in M-mode), or
 *     the path of M-mode firmware
 * @param commandLine the kernel's
 * @param devices devices in slot order: the UART first if there is one, then the virtio-mmio slots
 * @param restore snapshot file to start from instead of reset
 */
public record MachineConfig(
        String name,
        String type,
        long memoryBytes,
        int harts,
        Optional<Path> kernel,
        Optional<Path> initrd,
        String firmware,
        String commandLine,
        List<DeviceSpec> devices,
        Optional<Path> restore) {
    public static final String FIRMWARE_BUILTIN = "builtin";
    public static final String FIRMWARE_NONE = "none";
    public static final String TYPE_RISCV64_VIRT = "riscv64-virt";

    public MachineConfig {
        Objects.requireNonNull(kernel);
        Objects.requireNonNull(initrd);
        Objects.requireNonNull(restore);
        devices = List.copyOf(devices);
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "name=" + name + " is no VM name; use 1 to 64 letters, digits, '.', '_' or '-'");
        }
        if (memoryBytes % 4096 != 0) {
            throw new IllegalArgumentException(
                    "memory=" + memoryBytes + " is not a multiple of 4096; use " + ((memoryBytes / 4096 + 1) * 4096));
        }
        if (memoryBytes < (1L << 20) || memoryBytes > (64L << 30)) {
            throw new IllegalArgumentException("memory=" + memoryBytes + " is out of range; use 1M to 64G");
        }
        if (harts < 1 || harts > 8) {
            throw new IllegalArgumentException("harts=" + harts + " is out of range; use 1 to 8");
        }
    }
}
