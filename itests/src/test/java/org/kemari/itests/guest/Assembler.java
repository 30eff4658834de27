package org.kemari.itests.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * As much of an RV64I assembler as the guests of these tests need. Formats: RISC-V ISA manual volume I, "Base
 * Instruction Formats".
 */
final class Assembler {
    private static final int INSTRUCTION_BYTES = 4;

    /** Each instruction, of the position that it ends up at. */
    private final List<IntUnaryOperator> instructions = new ArrayList<>();

    private final Map<String, Integer> labels = new HashMap<>();

    Assembler label(String name) {
        labels.put(name, instructions.size());
        return this;
    }

    Assembler lui(int rd, int immediate20) {
        return add(immediate20 << 12 | rd << 7 | 0x37);
    }

    Assembler addi(int rd, int rs1, int immediate) {
        return iType(0x13, 0, rd, rs1, immediate);
    }

    Assembler slli(int rd, int rs1, int shift) {
        return iType(0x13, 1, rd, rs1, shift);
    }

    Assembler andi(int rd, int rs1, int immediate) {
        return iType(0x13, 7, rd, rs1, immediate);
    }

    Assembler lbu(int rd, int offset, int rs1) {
        return iType(0x03, 4, rd, rs1, offset);
    }

    Assembler sb(int rs2, int offset, int rs1) {
        return sType(0, rs2, offset, rs1);
    }

    Assembler sw(int rs2, int offset, int rs1) {
        return sType(2, rs2, offset, rs1);
    }

    Assembler beq(int rs1, int rs2, String target) {
        instructions.add(position -> {
            int offset = offset(position, target);
            return (offset >> 12 & 1) << 31
                    | (offset >> 5 & 0x3f) << 25
                    | rs2 << 20
                    | rs1 << 15
                    | (offset >> 1 & 0xf) << 8
                    | (offset >> 11 & 1) << 7
                    | 0x63;
        });
        return this;
    }

    Assembler jump(String target) {
        instructions.add(position -> {
            int offset = offset(position, target);
            return (offset >> 20 & 1) << 31
                    | (offset >> 1 & 0x3ff) << 21
                    | (offset >> 11 & 1) << 20
                    | (offset >> 12 & 0xff) << 12
                    | 0x6f;
        });
        return this;
    }

    byte[] code() {
        ByteBuffer code =
                ByteBuffer.allocate(instructions.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < instructions.size(); i++) {
            code.putInt(instructions.get(i).applyAsInt(i));
        }
        return code.array();
    }

    private int offset(int position, String target) {
        return (labels.get(target) - position) * INSTRUCTION_BYTES;
    }

    private Assembler iType(int opcode, int function, int rd, int rs1, int immediate) {
        return add(immediate << 20 | rs1 << 15 | function << 12 | rd << 7 | opcode);
    }

    private Assembler sType(int function, int rs2, int offset, int rs1) {
        return add((offset >> 5 & 0x7f) << 25 | rs2 << 20 | rs1 << 15 | function << 12 | (offset & 0x1f) << 7 | 0x23);
    }

    private Assembler add(int instruction) {
        instructions.add(position -> instruction);
        return this;
    }
}
