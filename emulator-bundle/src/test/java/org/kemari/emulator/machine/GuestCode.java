package org.kemari.emulator.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A small assembler for tests: enough RV64 for a bare-metal program, written as an ELF that starts at RAM. */
final class GuestCode {
    static final int ZERO = 0;
    static final int CSR_MSTATUS = 0x300;
    static final int CSR_MIE = 0x304;
    static final int CSR_MTVEC = 0x305;
    static final int CSR_MCAUSE = 0x342;
    static final int CSR_TIME = 0xc01;
    static final int CSR_MHARTID = 0xf14;

    private static final long BASE = 0x80000000L;

    private final List<Integer> words = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, String> fixes = new HashMap<>();

    GuestCode label(String name) {
        labels.put(name, words.size());
        return this;
    }

    private GuestCode emit(int word) {
        words.add(word);
        return this;
    }

    private GuestCode i(int opcode, int funct3, int rd, int rs1, int imm) {
        return emit(imm << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode);
    }

    private GuestCode r(int funct7, int funct3, int rd, int rs1, int rs2) {
        return emit(funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33);
    }

    private GuestCode s(int funct3, int rs2, int rs1, int imm) {
        return emit((imm >> 5 & 0x7f) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (imm & 31) << 7 | 0x23);
    }

    GuestCode addi(int rd, int rs1, int imm) {
        return i(0x13, 0, rd, rs1, imm);
    }

    GuestCode andi(int rd, int rs1, int imm) {
        return i(0x13, 7, rd, rs1, imm);
    }

    GuestCode slli(int rd, int rs1, int shift) {
        return i(0x13, 1, rd, rs1, shift);
    }

    GuestCode add(int rd, int rs1, int rs2) {
        return r(0, 0, rd, rs1, rs2);
    }

    GuestCode xor(int rd, int rs1, int rs2) {
        return r(0, 4, rd, rs1, rs2);
    }

    GuestCode lw(int rd, int rs1, int imm) {
        return i(0x03, 2, rd, rs1, imm);
    }

    GuestCode ld(int rd, int rs1, int imm) {
        return i(0x03, 3, rd, rs1, imm);
    }

    GuestCode sw(int rs2, int rs1, int imm) {
        return s(2, rs2, rs1, imm);
    }

    GuestCode sd(int rs2, int rs1, int imm) {
        return s(3, rs2, rs1, imm);
    }

    GuestCode csrr(int rd, int csr) {
        return i(0x73, 2, rd, 0, csr);
    }

    GuestCode csrw(int csr, int rs1) {
        return i(0x73, 1, 0, rs1, csr);
    }

    GuestCode wfi() {
        return emit(0x10500073);
    }

    GuestCode mret() {
        return emit(0x30200073);
    }

    GuestCode li(int rd, long value) {
        if (value >= -2048 && value < 2048) {
            return addi(rd, ZERO, (int) value);
        }
        int low = (int) (value << 52 >> 52);
        li(rd, value - low >> 12);
        slli(rd, rd, 12);
        return addi(rd, rd, low);
    }

    /** Address of a label, which must be within the program. */
    GuestCode la(int rd, String label) {
        fixes.put(words.size(), label);
        emit(rd << 7 | 0x17);
        return addi(rd, rd, 0);
    }

    GuestCode beq(int rs1, int rs2, String label) {
        return branch(0, rs1, rs2, label);
    }

    GuestCode bne(int rs1, int rs2, String label) {
        return branch(1, rs1, rs2, label);
    }

    private GuestCode branch(int funct3, int rs1, int rs2, String label) {
        fixes.put(words.size(), label);
        return emit(rs2 << 20 | rs1 << 15 | funct3 << 12 | 0x63);
    }

    GuestCode jump(String label) {
        return branch(0, ZERO, ZERO, label);
    }

    Path elf(Path file) throws IOException {
        for (Map.Entry<Integer, String> fix : fixes.entrySet()) {
            int at = fix.getKey();
            int distance = (labels.get(fix.getValue()) - at) * 4;
            if ((words.get(at) & 0x7f) == 0x17) {
                words.set(at + 1, words.get(at + 1) | distance << 20);
            } else {
                int high = (distance >> 12 & 1) << 31 | (distance >> 5 & 0x3f) << 25;
                int low = (distance >> 1 & 15) << 8 | (distance >> 11 & 1) << 7;
                words.set(at, words.get(at) | high | low);
            }
        }
        ByteBuffer elf = ByteBuffer.allocate(120 + words.size() * 4).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
        elf.position(16);
        elf.putShort((short) 2)
                .putShort((short) 243)
                .putInt(1)
                .putLong(BASE)
                .putLong(64)
                .putLong(0)
                .putInt(0);
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 1).putShort((short) 0);
        elf.position(64);
        elf.putInt(1).putInt(7).putLong(120).putLong(BASE).putLong(BASE);
        elf.putLong(words.size() * 4L).putLong(words.size() * 4L).putLong(4096);
        words.forEach(elf::putInt);
        return Files.write(file, elf.array());
    }
}
