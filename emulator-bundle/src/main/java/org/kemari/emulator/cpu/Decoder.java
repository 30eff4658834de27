package org.kemari.emulator.cpu;

/** Turns 32-bit instructions into words for the interpreter (unprivileged specification, chapter 37's tables). */
public final class Decoder {
    private static final int[] LOADS = {Op.LB, Op.LH, Op.LW, Op.LD, Op.LBU, Op.LHU, Op.LWU, Op.ILLEGAL};
    private static final int[] STORES = {Op.SB, Op.SH, Op.SW, Op.SD};
    private static final int[] BRANCHES = {Op.BEQ, Op.BNE, -1, -1, Op.BLT, Op.BGE, Op.BLTU, Op.BGEU};
    private static final int[] IMMEDIATES = {Op.ADDI, -1, Op.SLTI, Op.SLTIU, Op.XORI, -1, Op.ORI, Op.ANDI};
    private static final int[] REGISTERS = {Op.ADD, Op.SLL, Op.SLT, Op.SLTU, Op.XOR, Op.SRL, Op.OR, Op.AND};
    private static final int[] MULTIPLIES = {Op.MUL, Op.MULH, Op.MULHSU, Op.MULHU, Op.DIV, Op.DIVU, Op.REM, Op.REMU};
    private static final int[] MULTIPLIES_W = {Op.MULW, -1, -1, -1, Op.DIVW, Op.DIVUW, Op.REMW, Op.REMUW};

    private Decoder() {}

    /**
     * Decodes the instruction whose 16 or 32 bits stand in {@code raw}.
     *
     * @param wide 32 bits
     * @param offset as for {@link #decode}
     */
    public static long decodeAny(int raw, boolean wide, int offset) {
        if (wide) {
            return decode(raw, offset) | Op.WIDE;
        }
        int expanded = CompressedDecoder.expand(raw);
        return expanded == CompressedDecoder.ILLEGAL ? illegal(raw) : decode(expanded, offset);
    }

    /**
     * Decodes one instruction.
     *
     * @param raw the instruction, expanded if it was compressed
     * @param offset of the instruction from its block's start: what is relative to pc becomes relative to that
     */
    static long decode(int raw, int offset) {
        int rd = raw >>> 7 & 31;
        int rs1 = raw >>> 15 & 31;
        int rs2 = raw >>> 20 & 31;
        int funct3 = raw >>> 12 & 7;
        int funct7 = raw >>> 25;
        int immediate = raw >> 20;
        switch (raw & 0x7f) {
            case 0x37:
                return Op.pack(Op.LI, rd, 0, 0, raw & 0xfffff000);
            case 0x17:
                return decodeAuipc(raw, rd, offset);
            case 0x6f:
                return Op.pack(Op.JAL, rd, 0, 0, jump(raw) + offset);
            case 0x67:
                return funct3 == 0 ? Op.pack(Op.JALR, rd, rs1, 0, immediate) : illegal(raw);
            case 0x63:
                return simple(BRANCHES[funct3], raw, 0, rs1, rs2, branch(raw) + offset);
            case 0x03:
                return funct3 == 7 ? illegal(raw) : Op.pack(LOADS[funct3], rd, rs1, 0, immediate);
            case 0x23:
                return funct3 > 3 ? illegal(raw) : Op.pack(STORES[funct3], 0, rs1, rs2, immediate & ~31 | rd);
            case 0x13:
                return decodeImmediate(raw, rd, rs1, funct3, immediate);
            case 0x1b:
                return decodeImmediateWord(raw, rd, rs1, funct3, funct7, immediate);
            case 0x33:
                return decodeRegister(raw, rd, rs1, rs2, funct3, funct7);
            case 0x3b:
                return decodeRegisterWord(raw, rd, rs1, rs2, funct3, funct7);
            case 0x0f:
                if (funct3 == 0) {
                    return Op.pack(Op.NOP, 0, 0, 0, 0); // one hart runs at a time: every order is kept
                }
                if (funct3 == 2 && rd == 0) {
                    return immediate == 4 || immediate >= 0 && immediate <= 2
                            ? Op.pack(Op.RARE, 0, rs1, 0, raw) // cbo.zero, cbo.inval, cbo.clean, cbo.flush
                            : illegal(raw);
                }
                return funct3 == 1 ? Op.pack(Op.SYSTEM, 0, 0, 0, raw) : illegal(raw);
            case 0x73:
                return Op.pack(Op.SYSTEM, rd, rs1, 0, raw);
            case 0x2f, 0x07, 0x27, 0x43, 0x47, 0x4b, 0x4f, 0x53:
                return Op.pack(Op.RARE, rd, rs1, rs2, raw);
            default:
                return illegal(raw);
        }
    }

    static long illegal(int raw) {
        return Op.pack(Op.ILLEGAL, 0, 0, 0, raw);
    }

    private static long simple(int op, int raw, int rd, int rs1, int rs2, int immediate) {
        return op < 0 ? illegal(raw) : Op.pack(op, rd, rs1, rs2, immediate);
    }

    private static long decodeAuipc(int raw, int rd, int offset) {
        long relative = (raw & 0xfffff000) + (long) offset;
        // The sum leaves 32 bits only at the very top; there the slow way keeps it exact.
        return relative == (int) relative
                ? Op.pack(Op.AUIPC, rd, 0, 0, (int) relative)
                : Op.pack(Op.RARE, rd, 0, 0, raw);
    }

    private static int jump(int raw) {
        return raw >> 31 << 20 | raw & 0xff000 | (raw >>> 20 & 1) << 11 | (raw >>> 21 & 0x3ff) << 1;
    }

    private static int branch(int raw) {
        return raw >> 31 << 12 | (raw >>> 7 & 1) << 11 | (raw >>> 25 & 0x3f) << 5 | (raw >>> 8 & 15) << 1;
    }

    private static long decodeImmediate(int raw, int rd, int rs1, int funct3, int immediate) {
        if (funct3 == 1) {
            return raw >>> 26 == 0
                    ? Op.pack(Op.SLLI, rd, rs1, immediate & 63, 0)
                    : BitDecoder.leftImmediate(raw, rd, rs1, immediate);
        }
        if (funct3 == 5) {
            return switch (raw >>> 26) {
                case 0 -> Op.pack(Op.SRLI, rd, rs1, immediate & 63, 0);
                case 16 -> Op.pack(Op.SRAI, rd, rs1, immediate & 63, 0);
                default -> BitDecoder.rightImmediate(raw, rd, rs1, immediate);
            };
        }
        if (rd == 0) {
            return Op.pack(Op.NOP, 0, 0, 0, 0);
        }
        return Op.pack(funct3 == 0 && rs1 == 0 ? Op.LI : IMMEDIATES[funct3], rd, rs1, 0, immediate);
    }

    private static long decodeImmediateWord(int raw, int rd, int rs1, int funct3, int funct7, int immediate) {
        if (funct3 == 0) {
            return Op.pack(Op.ADDIW, rd, rs1, 0, immediate);
        }
        if (funct3 == 1 && funct7 == 0) {
            return Op.pack(Op.SLLIW, rd, rs1, immediate & 31, 0);
        }
        if (funct3 == 5 && (funct7 == 0 || funct7 == 32)) {
            return Op.pack(funct7 == 0 ? Op.SRLIW : Op.SRAIW, rd, rs1, immediate & 31, 0);
        }
        return BitDecoder.immediateWord(raw, rd, rs1, funct3, immediate);
    }

    private static long decodeRegister(int raw, int rd, int rs1, int rs2, int funct3, int funct7) {
        int op;
        if (funct7 == 0) {
            op = REGISTERS[funct3];
        } else if (funct7 == 1) {
            op = MULTIPLIES[funct3];
        } else if (funct7 == 32 && (funct3 == 0 || funct3 == 5)) {
            op = funct3 == 0 ? Op.SUB : Op.SRA;
        } else {
            op = BitDecoder.register(funct7, funct3);
        }
        return simple(op, raw, rd, rs1, rs2, 0);
    }

    private static long decodeRegisterWord(int raw, int rd, int rs1, int rs2, int funct3, int funct7) {
        int op;
        if (funct7 == 0) {
            op = funct3 == 0 ? Op.ADDW : funct3 == 1 ? Op.SLLW : funct3 == 5 ? Op.SRLW : -1;
        } else if (funct7 == 1) {
            op = MULTIPLIES_W[funct3];
        } else if (funct7 == 32) {
            op = funct3 == 0 ? Op.SUBW : funct3 == 5 ? Op.SRAW : -1;
        } else {
            op = BitDecoder.registerWord(funct7, funct3);
        }
        return simple(op, raw, rd, rs1, rs2, 0);
    }
}
