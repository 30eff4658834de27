package org.kemari.emulator.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.board.MemoryMap;
import org.kemari.emulator.devicetree.MachineDescription;
import org.kemari.emulator.devicetree.VirtDeviceTree;
import org.kemari.emulator.ram.Ram;

/**
 * Puts what a guest needs into RAM:
 *
 * <pre>
 *  0x80000000            firmware, if it is a file
 *  0x80200000            kernel Image and what it clears behind itself
 *  ...                   free
 *  page-aligned          initial ramdisk
 *  top - 2 MiB           device tree, with room for a firmware to add to it; fw_dynamic_info 1 MiB above
 *  top                   end of RAM, or 3 GiB if there is more
 * </pre>
 *
 * @param start where harts begin
 * @param supervisor true if they begin in S-mode, with the SBI built in
 * @param deviceTree bus address of the device tree
 * @param firmwareInfo bus address of fw_dynamic_info; 0 if there is none
 */
public record BootPlan(long start, boolean supervisor, long deviceTree, long firmwareInfo) {
    private static final long DEVICE_TREE_ROOM = 2 << 20;
    private static final long FIRMWARE_INFO_OFFSET = 1 << 20;
    /** As QEMU: what a 32-bit DMA engine or an early mapping may not reach is not used for boot data. */
    private static final long HIGHEST_TOP = 3L << 30;

    private static final long PAGE = 4096;

    /** OpenSBI include/sbi/fw_dynamic.h: "OSBI". */
    private static final long FW_DYNAMIC_MAGIC = 0x4942534f;

    private static final long FW_DYNAMIC_VERSION = 2;
    private static final long NEXT_MODE_SUPERVISOR = 1;

    /** Fills RAM as {@code config} says. */
    public static BootPlan load(MachineConfig config, Ram ram, boolean uart, int virtioSlots, byte[] rngSeed)
            throws MachineConfigException {
        if (config.kernel().isEmpty()) {
            throw new MachineConfigException(
                    "kernel is not set; name a RISC-V Linux Image, or an ELF with firmware=none");
        }
        BootFile kernel = BootFile.of("kernel", config.kernel().get());
        boolean bare = config.firmware().equals(MachineConfig.FIRMWARE_NONE);
        boolean builtin = config.firmware().equals(MachineConfig.FIRMWARE_BUILTIN);
        long top = MemoryMap.RAM + Math.min(config.memoryBytes(), HIGHEST_TOP);
        // A bare-metal program may bring a machine of 1 MiB; its device tree then takes less room.
        long room = Math.min(DEVICE_TREE_ROOM, config.memoryBytes() / 4);
        long deviceTree = (top - room) & -PAGE;

        Optional<BootFile> initrd = Optional.empty();
        if (config.initrd().isPresent()) {
            initrd = Optional.of(BootFile.of("initrd", config.initrd().get()));
        }
        long initrdBytes = initrd.map(BootFile::sizeBytes).orElse(0L);
        long initrdStart = (deviceTree - initrdBytes) & -PAGE;

        long start;
        if (bare) {
            start = ElfImage.of(kernel).load(ram);
        } else {
            LinuxImage image = LinuxImage.of(kernel);
            long kernelEnd = MemoryMap.RAM + LinuxImage.LOAD_OFFSET + image.memoryBytes();
            if (kernelEnd > initrdStart) {
                long needed = kernelEnd - MemoryMap.RAM + initrdBytes + room + PAGE;
                throw new MachineConfigException("memory=" + config.memoryBytes() + " is too small for kernel="
                        + kernel.path() + " (" + image.memoryBytes() + " bytes)"
                        + initrd.map(file -> " and initrd=" + file.path() + " (" + file.sizeBytes() + " bytes)")
                                .orElse("")
                        + "; use at least " + ((needed >> 20) + 1) + "M");
            }
            kernel.copyTo(ram, MemoryMap.RAM + LinuxImage.LOAD_OFFSET);
            start = builtin ? MemoryMap.RAM + LinuxImage.LOAD_OFFSET : loadFirmware(config, ram);
        }
        if (initrd.isPresent()) {
            initrd.get().copyTo(ram, initrdStart);
        }
        MachineDescription description = new MachineDescription(
                config.memoryBytes(),
                config.harts(),
                uart,
                virtioSlots,
                config.commandLine(),
                initrdStart,
                initrdStart + initrdBytes,
                rngSeed);
        byte[] tree = VirtDeviceTree.build(description);
        if (tree.length > room) {
            throw new MachineConfigException("append of " + config.commandLine().length()
                    + " characters makes the device tree too large; use a shorter one");
        }
        store(ram, deviceTree, tree);
        long info = 0;
        if (!bare && !builtin) {
            info = deviceTree + FIRMWARE_INFO_OFFSET;
            store(ram, info, dynamicInfo());
        }
        return new BootPlan(start, builtin, deviceTree, info);
    }

    private static long loadFirmware(MachineConfig config, Ram ram) throws MachineConfigException {
        Path path = Path.of(config.firmware());
        BootFile firmware = BootFile.of("firmware", path);
        if (ElfImage.is(firmware)) {
            return ElfImage.of(firmware).load(ram);
        }
        if (firmware.sizeBytes() > LinuxImage.LOAD_OFFSET) {
            throw new MachineConfigException("firmware=" + path + " has " + firmware.sizeBytes() + " bytes; at most "
                    + LinuxImage.LOAD_OFFSET + " fit below the kernel");
        }
        firmware.copyTo(ram, MemoryMap.RAM);
        return MemoryMap.RAM;
    }

    private static byte[] dynamicInfo() {
        ByteBuffer info = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        info.putLong(FW_DYNAMIC_MAGIC).putLong(FW_DYNAMIC_VERSION);
        info.putLong(MemoryMap.RAM + LinuxImage.LOAD_OFFSET).putLong(NEXT_MODE_SUPERVISOR);
        info.putLong(0).putLong(0);
        return info.array();
    }

    private static void store(Ram ram, long address, byte[] bytes) {
        try {
            ram.write(address, bytes, 0, bytes.length);
        } catch (GuestAddressException e) {
            throw new IllegalStateException("boot data outside RAM", e);
        }
    }
}
