package org.kemari.cli.options;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a kernel from what is none, before a machine is built for it. */
final class KernelCheck {
    private static final int HEADER_BYTES = 64;
    /** "RSC\x05" at offset 56 of a RISC-V Linux Image (Linux, Documentation/arch/riscv/boot-image-header.rst). */
    private static final int MAGIC2_OFFSET = 56;

    private KernelCheck() {}

    static void check(Path kernel, boolean mustBeElf) throws InvalidOptionException {
        readable("--kernel", kernel);
        byte[] header;
        try (InputStream in = Files.newInputStream(kernel)) {
            header = in.readNBytes(HEADER_BYTES);
        } catch (IOException e) {
            throw new InvalidOptionException("--kernel=" + kernel + " cannot be read: " + e.getMessage(), e);
        }
        boolean elf = startsWith(header, 0, 0x7f, 'E', 'L', 'F');
        if (startsWith(header, 0, 0x1f, 0x8b)) {
            throw new InvalidOptionException(
                    "--kernel=" + kernel + " is compressed; unpack it: zcat " + kernel + " > Image");
        }
        if (mustBeElf && !elf) {
            throw new InvalidOptionException("--kernel=" + kernel + " is no ELF, which --firmware=none needs;"
                    + " name one, or leave --firmware out to boot a Linux Image");
        }
        if (!elf && !startsWith(header, MAGIC2_OFFSET, 'R', 'S', 'C', 5)) {
            throw new InvalidOptionException("--kernel=" + kernel
                    + " is no RISC-V kernel; name a Linux Image or an ELF (kemari guest fetch gets one)");
        }
    }

    static void readable(String option, Path file) throws InvalidOptionException {
        if (!Files.exists(file)) {
            throw new InvalidOptionException(option + "=" + file + " does not exist; check the path");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new InvalidOptionException(
                    option + "=" + file + " cannot be read; name a file and check its permissions");
        }
    }

    private static boolean startsWith(byte[] bytes, int offset, int... expected) {
        if (bytes.length < offset + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[offset + i] & 0xff) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
