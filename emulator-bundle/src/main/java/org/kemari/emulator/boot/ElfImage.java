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
    private final ByteBuffer content;

    private ElfImage(BootFile file) {
        this.file = file;
        this.content = ByteBuffer.wrap(file.content()).order(ByteOrder.LITTLE_ENDIAN);
    }

    static boolean is(byte[] content) {
        return content.length >= HEADER_BYTES
                && ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt() == MAGIC;
    }

    static ElfImage of(BootFile file) throws MachineConfigException {
        ElfImage image = new ElfImage(file);
        if (!is(file.content())) {
            throw image.wrong("is no ELF file: it begins with " + firstBytes(file.content()));
        }
        int kind = image.content.get(4);
        int data = image.content.get(5);
        int machine = image.content.getShort(18) & 0xffff;
        if (kind != CLASS_64 || data != DATA_LITTLE || machine != MACHINE_RISCV) {
            throw image.wrong("is an ELF file for another machine (class " + kind + ", data " + data + ", machine "
                    + machine + ")");
        }
        return image;
    }

    /** Copies the loadable segments to their physical addresses and gives the entry's. */
    long load(Ram ram) throws MachineConfigException {
        long headers = content.getLong(32);
        int stride = content.getShort(54) & 0xffff;
        int count = content.getShort(56) & 0xffff;
        if (stride < PROGRAM_HEADER_BYTES
                || headers < HEADER_BYTES
                || headers > file.content().length - (long) stride * count) {
            throw wrong("has its program headers outside the file");
        }
        for (int i = 0; i < count; i++) {
            int at = (int) headers + i * stride;
            if (content.getInt(at) != TYPE_LOAD) {
                continue;
            }
            long offset = content.getLong(at + 8);
            long address = content.getLong(at + 24);
            long fileBytes = content.getLong(at + 32);
            long memoryBytes = content.getLong(at + 40);
            if (offset < 0 || fileBytes < 0 || offset > file.content().length - fileBytes || memoryBytes < fileBytes) {
                throw wrong("has a segment outside the file");
            }
            if (memoryBytes > 0 && !ram.contains(address, memoryBytes)) {
                throw wrong("wants 0x" + Long.toHexString(address) + " + " + memoryBytes
                        + " bytes, which is not in RAM (0x80000000 + " + ram.sizeBytes() + ")");
            }
            file.store(ram, address, file.content(), (int) offset, (int) fileBytes);
        }
        return content.getLong(24);
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
