package org.kemari.emulator.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.kemari.api.machine.MachineConfigException;

/** A kernel {@code Image} (Linux, Documentation/arch/riscv/boot-image-header.rst), checked. */
final class LinuxImage {
    private static final int HEADER_BYTES = 64;
    private static final int TEXT_OFFSET = 8;
    private static final int IMAGE_SIZE = 16;
    private static final int MAGIC2_OFFSET = 0x38;
    private static final int MAGIC2 = 0x05435352;
    /** RV64 kernels run 2 MiB above the start of RAM. */
    static final long LOAD_OFFSET = 2 << 20;

    private final BootFile file;
    private final long memoryBytes;

    private LinuxImage(BootFile file, long memoryBytes) {
        this.file = file;
        this.memoryBytes = memoryBytes;
    }

    static LinuxImage of(BootFile file) throws MachineConfigException {
        byte[] beginning = file.beginning(HEADER_BYTES);
        ByteBuffer header = ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN);
        if (beginning.length < HEADER_BYTES || header.getInt(MAGIC2_OFFSET) != MAGIC2) {
            throw new MachineConfigException(file.property() + "=" + file.path() + " is no RISC-V Linux Image: "
                    + found(beginning) + "; use the uncompressed arch/riscv/boot/Image (\"RSC\\x05\" at 0x38)");
        }
        long textOffset = header.getLong(TEXT_OFFSET);
        if (textOffset != LOAD_OFFSET) {
            throw new MachineConfigException(file.property() + "=" + file.path() + " wants to run at RAM + "
                    + textOffset + "; only kernels for RAM + " + LOAD_OFFSET + " (RV64) can be started");
        }
        return new LinuxImage(file, Math.max(file.sizeBytes(), header.getLong(IMAGE_SIZE)));
    }

    private static String found(byte[] beginning) {
        if (beginning.length < HEADER_BYTES) {
            return "it is only " + beginning.length + " bytes long";
        }
        if ((beginning[0] & 0xff) == 0x1f && (beginning[1] & 0xff) == 0x8b) {
            return "it is compressed with gzip (gunzip it first)";
        }
        if (ElfImage.is(beginning)) {
            return "it is an ELF file (with firmware=none it would start in M-mode)";
        }
        String magic = new String(beginning, MAGIC2_OFFSET, 4, StandardCharsets.ISO_8859_1);
        return "at 0x38 is " + ElfImage.firstBytes(magic.getBytes(StandardCharsets.ISO_8859_1));
    }

    BootFile file() {
        return file;
    }

    /** With what it clears behind itself. */
    long memoryBytes() {
        return memoryBytes;
    }
}
