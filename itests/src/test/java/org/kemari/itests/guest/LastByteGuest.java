package org.kemari.itests.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A guest that powers off with 0 if the last byte of its RAM keeps what is stored there, with 1 if not. It takes RAM for
 * 8 GiB, and ends in no other way if there is less: a trap without a handler goes round for ever.
 */
public final class LastByteGuest {
    private static final int GIBIBYTES = 8;

    private LastByteGuest() {}

    /** Writes the guest as an ELF. */
    public static Path write(Path file) throws IOException {
        return Files.write(file, BareElf.of(program()));
    }

    private static byte[] program() {
        int last = 5;
        int value = 6;
        int read = 7;
        int finisher = 28;
        int command = 29;
        // RAM begins at 2 GiB.
        Assembler code = new Assembler()
                .addi(last, 0, 2 + GIBIBYTES)
                .slli(last, last, 30)
                .addi(last, last, -1);
        code.addi(value, 0, 'K').sb(value, 0, last).lbu(read, 0, last);
        // The test finisher at 0x100000: 0x5555 is a power-off, 0x3333 one with the code above it.
        code.lui(finisher, 0x100).beq(read, value, "kept");
        code.lui(command, 0x13).addi(command, command, 0x333).jump("end");
        code.label("kept").lui(command, 5).addi(command, command, 0x555);
        code.label("end").sw(command, 0, finisher);
        code.label("wait").jump("wait");
        return code.code();
    }
}
