package org.kemari.emulator.cpu;

import java.util.Arrays;
import org.kemari.api.device.GuestAddressException;
import org.kemari.emulator.ram.Ram;

/** Encodes instructions by hand, in order, into an array of words. */
public final class Assembler {
    static final int ZERO = 0;
    static final int RA = 1;
    static final int T0 = 5;
    static final int T1 = 6;
    static final int T2 = 7;
    static final int S0 = 8;
    static final int S1 = 9;
    public static final int A0 = 10;
    static final int A1 = 11;
    static final int A2 = 12;
    static final int A3 = 13;

    static final int WFI = 0x1050_0073;
    static final int ECALL = 0x73;
    static final int MRET = 0x3020_0073;
    static final int SRET = 0x1020_0073;
    static final int FENCE_I = 0x100f;
    static final int SFENCE_VMA = 0x1200_0073;

    private int[] words = {};

    Assembler raw(int... more) {
        int at = words.length;
        words = Arrays.copyOf(words, at + more.length);
        System.arraycopy(more, 0, words, at, more.length);
        return this;
    }

    int[] words() {
        return words.clone();
    }

    /** Byte offset of the next instruction. */
    int here() {
        return 4 * words.length;
    }

    static int r(int opcode, int funct3, int funct7, int rd, int rs1, int rs2) {
        return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
    }

    public static int i(int opcode, int funct3, int rd, int rs1, int immediate) {
        return immediate << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
    }

    static int addi(int rd, int rs1, int immediate) {
        return i(0x13, 0, rd, rs1, immediate);
    }

    static int csrw(int csr, int rs1) {
        return i(0x73, 1, 0, rs1, csr);
    }

    static int csrr(int rd, int csr) {
        return i(0x73, 2, rd, 0, csr);
    }

    static int csrs(int csr, int rs1) {
        return i(0x73, 2, 0, rs1, csr);
    }

    static int ld(int rd, int rs1, int offset) {
        return i(0x03, 3, rd, rs1, offset);
    }

    static int lw(int rd, int rs1, int offset) {
        return i(0x03, 2, rd, rs1, offset);
    }

    static int sd(int rs2, int rs1, int offset) {
        return offset >> 5 << 25 | rs2 << 20 | rs1 << 15 | 3 << 12 | (offset & 31) << 7 | 0x23;
    }

    static int sw(int rs2, int rs1, int offset) {
        return offset >> 5 << 25 | rs2 << 20 | rs1 << 15 | 2 << 12 | (offset & 31) << 7 | 0x23;
    }

    public static int bne(int rs1, int rs2, int offset) {
        return (offset >> 12 & 1) << 31
                | (offset >> 5 & 63) << 25
                | rs2 << 20
                | rs1 << 15
                | 1 << 12
                | (offset >> 1 & 15) << 8
                | (offset >> 11 & 1) << 7
                | 0x63;
    }

    public static int jal(int rd, int offset) {
        return (offset >> 20 & 1) << 31
                | (offset >> 1 & 0x3ff) << 21
                | (offset >> 11 & 1) << 20
                | (offset >> 12 & 0xff) << 12
                | rd << 7
                | 0x6f;
    }

    static int lr(int rd, int rs1) {
        return r(0x2f, 3, 2 << 2, rd, rs1, 0);
    }

    static int sc(int rd, int rs1, int rs2) {
        return r(0x2f, 3, 3 << 2, rd, rs1, rs2);
    }

    void store(Ram ram, long address) {
        try {
            for (int i = 0; i < words.length; i++) {
                ram.writeInt(address + 4L * i, words[i]);
            }
        } catch (GuestAddressException e) {
            throw new IllegalArgumentException("address=0x" + Long.toHexString(address) + " is not RAM", e);
        }
    }
}
