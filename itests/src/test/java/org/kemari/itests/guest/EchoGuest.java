package org.kemari.itests.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A guest that sends back each byte that comes in at its UART. Three of them mean more: {@link #SCRATCH} is answered
 * with what the guest once put in the UART's scratch register, {@link #POWER_OFF} ends it. It starts in M-mode, and it
 * never sleeps.
 */
public final class EchoGuest {
    public static final char SCRATCH = 's';
    public static final char POWER_OFF = 'q';

    /** What the scratch register holds from the guest's first moment on. */
    public static final char SCRATCH_VALUE = 'K';

    /** What the guest says when it starts. */
    public static final String GREETING = "UP";

    /** Registers of a 16550: receive and transmit, line status (bit 0: data ready), scratch. */
    private static final int RBR_THR = 0;

    private static final int LSR = 5;
    private static final int SCR = 7;

    private EchoGuest() {}

    /** Writes the guest as an ELF. */
    public static Path write(Path file) throws IOException {
        return Files.write(file, BareElf.of(program()));
    }

    private static byte[] program() {
        int uart = 5;
        int status = 6;
        int data = 7;
        int wanted = 28;
        Assembler code = new Assembler().lui(uart, 0x10000);
        code.addi(data, 0, SCRATCH_VALUE).sb(data, SCR, uart);
        for (char letter : (GREETING + "\n").toCharArray()) {
            code.addi(data, 0, letter).sb(data, RBR_THR, uart);
        }
        code.label("wait").lbu(status, LSR, uart).andi(status, status, 1).beq(status, 0, "wait");
        code.lbu(data, RBR_THR, uart);
        code.addi(wanted, 0, POWER_OFF).beq(data, wanted, "off");
        code.addi(wanted, 0, SCRATCH).beq(data, wanted, "scratch");
        code.label("answer").sb(data, RBR_THR, uart).jump("wait");
        code.label("scratch").lbu(data, SCR, uart).jump("answer");
        // The test finisher at 0x100000 takes 0x5555 for a power-off.
        code.label("off").lui(29, 0x100).lui(30, 5).addi(30, 30, 0x555).sw(30, 0, 29);
        code.label("end").jump("end");
        return code.code();
    }
}
