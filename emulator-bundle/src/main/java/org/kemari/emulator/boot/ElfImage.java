package org.kemari.emulator.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.ram.Ram;

/** A 64-bit little-endian RISC-V ELF executable (System V ABI, gABI 4.1 chapters 4 and 5). */
final class ElfImage {
    private static final int MAGIC = 0x464c457f;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int CLASS_64 = 2;
    private static final int DATA_LITTLE = 1;
    private static final int MACHINE_RISCV = 243;
    private static final int TYPE_LOAD = 1;

    private final BootFile file;
    private final ByteBuffer header;

    private ElfImage(BootFile file, byte[] beginning) {
        this.file = file;
        this.header = ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** True of a file that begins with these bytes, of which there are 64 if it is as long. */
    static boolean is(byte[] beginning) {
        return beginning.length >= HEADER_BYTES
                && ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN).getInt() == MAGIC;
    }

    static boolean is(BootFile file) throws MachineConfigException {
        return is(file.beginning(HEADER_BYTES));
    }

    static ElfImage of(BootFile file) throws MachineConfigException {
        byte[] beginning = file.beginning(HEADER_BYTES);
        ElfImage image = new ElfImage(file, beginning);
        if (!is(beginning)) {
            throw image.wrong("is no ELF file: it begins with " + firstBytes(beginning));
        }
        int kind = image.header.get(4);
        int data = image.header.get(5);
        int machine = image.header.getShort(18) & 0xffff;
        if (kind != CLASS_64 || data != DATA_LITTLE || machine != MACHINE_RISCV) {
            throw image.wrong("is an ELF file for another machine (class " + kind + ", data " + data + ", machine "
                    + machine + ")");
        }
        return image;
    }

    /** Copies the loadable segments to their physical addresses and gives the entry's. */
    long load(Ram ram) throws MachineConfigException {
        long start = header.getLong(32);
        int stride = header.getShort(54) & 0xffff;
        int count = header.getShort(56) & 0xffff;
        if (stride < PROGRAM_HEADER_BYTES || start < HEADER_BYTES || start > file.sizeBytes() - (long) stride * count) {
            throw wrong("has its program headers outside the file");
        }
        for (int i = 0; i < count; i++) {
            ByteBuffer segment = file.read(start + (long) i * stride, PROGRAM_HEADER_BYTES);
            if (segment.getInt(0) != TYPE_LOAD) {
                continue;
            }
            long offset = segment.getLong(8);
            long address = segment.getLong(24);
            long fileBytes = segment.getLong(32);
            long memoryBytes = segment.getLong(40);
            if (offset < 0 || fileBytes < 0 || offset > file.sizeBytes() - fileBytes || memoryBytes < fileBytes) {
                throw wrong("has a segment outside the file");
            }
            if (memoryBytes > 0 && !ram.contains(address, memoryBytes)) {
                throw wrong("wants 0x" + Long.toHexString(address) + " + " + memoryBytes
                        + " bytes, which is not in RAM (0x80000000 + " + ram.sizeBytes() + ")");
            }
            file.copyTo(ram, address, offset, fileBytes);
        }
        return header.getLong(24);
    }

    private MachineConfigException wrong(String what) {
        return new MachineConfigException(
                file.property() + "=" + file.path() + " " + what + "; use a 64-bit little-endian RISC-V ELF");
    }

    static String firstBytes(byte[] content) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(8, content.length); i++) {
            text.append(String.format("%02x ", content[i]));
        }
        return text.length() == 0 ? "nothing" : text.toString().trim();
    }
}
