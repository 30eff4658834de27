package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Op;
import org.objectweb.asm.Opcodes;

/** Integer arithmetic: what {@code cpu.Interpreter}'s switch does, in bytecode. */
final class IntegerEmitter {
    private final MethodCode code;

    IntegerEmitter(MethodCode code) {
        this.code = code;
    }

    /** Any operation that only computes a register from registers and constants. */
    void emit(long word) {
        int op = Op.op(word);
        int rd = Op.rd(word);
        if (op == Op.NOP || rd == Op.SINK) {
            return;
        }
        int rs1 = (int) word >>> 14 & 63;
        int rs2 = (int) word >>> 20 & 63;
        long immediate = word >> 32;
        switch (op) {
            case Op.LI -> code.push(immediate);
            case Op.AUIPC -> code.pushAddress((int) immediate);
            case Op.ADDI -> withImmediate(Opcodes.LADD, rs1, immediate);
            case Op.XORI -> withImmediate(Opcodes.LXOR, rs1, immediate);
            case Op.ORI -> withImmediate(Opcodes.LOR, rs1, immediate);
            case Op.ANDI -> withImmediate(Opcodes.LAND, rs1, immediate);
            case Op.SLTI -> {
                code.load(rs1);
                code.push(immediate);
                code.runtimeStatic("less", "(JJ)J");
            }
            case Op.SLTIU -> {
                code.load(rs1);
                code.push(immediate);
                code.runtimeStatic("lessUnsigned", "(JJ)J");
            }
            case Op.SLT -> {
                both(rs1, rs2);
                code.runtimeStatic("less", "(JJ)J");
            }
            case Op.SLTU -> {
                both(rs1, rs2);
                code.runtimeStatic("lessUnsigned", "(JJ)J");
            }
            case Op.SLLI -> shift(Opcodes.LSHL, rs1, rs2);
            case Op.SRLI -> shift(Opcodes.LUSHR, rs1, rs2);
            case Op.SRAI -> shift(Opcodes.LSHR, rs1, rs2);
            case Op.SLLIW -> shiftWord(Opcodes.ISHL, rs1, rs2);
            case Op.SRLIW -> shiftWord(Opcodes.IUSHR, rs1, rs2);
            case Op.SRAIW -> shiftWord(Opcodes.ISHR, rs1, rs2);
            case Op.ADDIW -> {
                code.load(rs1);
                code.op(Opcodes.L2I);
                if (immediate != 0) {
                    code.push((int) immediate);
                    code.op(Opcodes.IADD);
                }
                code.op(Opcodes.I2L);
            }
            case Op.ADD -> registers(Opcodes.LADD, rs1, rs2);
            case Op.SUB -> registers(Opcodes.LSUB, rs1, rs2);
            case Op.XOR -> registers(Opcodes.LXOR, rs1, rs2);
            case Op.OR -> registers(Opcodes.LOR, rs1, rs2);
            case Op.AND -> registers(Opcodes.LAND, rs1, rs2);
            case Op.MUL -> registers(Opcodes.LMUL, rs1, rs2);
            case Op.SLL -> shiftBy(Opcodes.LSHL, rs1, rs2);
            case Op.SRL -> shiftBy(Opcodes.LUSHR, rs1, rs2);
            case Op.SRA -> shiftBy(Opcodes.LSHR, rs1, rs2);
            case Op.ADDW -> words(Opcodes.IADD, rs1, rs2);
            case Op.SUBW -> words(Opcodes.ISUB, rs1, rs2);
            case Op.MULW -> words(Opcodes.IMUL, rs1, rs2);
            case Op.SLLW -> words(Opcodes.ISHL, rs1, rs2);
            case Op.SRLW -> words(Opcodes.IUSHR, rs1, rs2);
            case Op.SRAW -> words(Opcodes.ISHR, rs1, rs2);
            default -> {
                code.push(op);
                code.load(rs1);
                if (Op.hasImmediateOperand(op)) {
                    code.push(immediate);
                } else {
                    code.load(rs2);
                }
                code.runtimeStatic("compute", "(IJJ)J");
            }
        }
        code.store(rd);
    }

    private void both(int rs1, int rs2) {
        code.load(rs1);
        code.load(rs2);
    }

    private void withImmediate(int opcode, int rs1, long immediate) {
        code.load(rs1);
        if (immediate != 0 || opcode == Opcodes.LAND) {
            code.push(immediate);
            code.op(opcode);
        }
    }

    private void registers(int opcode, int rs1, int rs2) {
        both(rs1, rs2);
        code.op(opcode);
    }

    private void shift(int opcode, int rs1, int amount) {
        code.load(rs1);
        code.push(amount);
        code.op(opcode);
    }

    private void shiftWord(int opcode, int rs1, int amount) {
        code.load(rs1);
        code.op(Opcodes.L2I);
        code.push(amount);
        code.op(opcode);
        code.op(Opcodes.I2L);
    }

    private void shiftBy(int opcode, int rs1, int rs2) {
        code.load(rs1);
        code.load(rs2);
        code.op(Opcodes.L2I);
        code.op(opcode);
    }

    private void words(int opcode, int rs1, int rs2) {
        code.load(rs1);
        code.op(Opcodes.L2I);
        code.load(rs2);
        code.op(Opcodes.L2I);
        code.op(opcode);
        code.op(Opcodes.I2L);
    }
}
