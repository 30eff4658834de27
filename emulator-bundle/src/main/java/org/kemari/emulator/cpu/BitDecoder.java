package org.kemari.emulator.cpu;

/** The part of the decoder that knows bit manipulation (unprivileged specification, chapter 28) and Zicond. */
final class BitDecoder {
    private BitDecoder() {}

    /** Operation of an instruction with opcode OP, or -1. */
    static int register(int funct7, int funct3) {
        return switch (funct7 << 3 | funct3) {
            case 0x20 << 3 | 7 -> Op.ANDN;
            case 0x20 << 3 | 6 -> Op.ORN;
            case 0x20 << 3 | 4 -> Op.XNOR;
            case 0x05 << 3 | 1 -> Op.CLMUL;
            case 0x05 << 3 | 2 -> Op.CLMULR;
            case 0x05 << 3 | 3 -> Op.CLMULH;
            case 0x05 << 3 | 4 -> Op.MIN;
            case 0x05 << 3 | 5 -> Op.MINU;
            case 0x05 << 3 | 6 -> Op.MAX;
            case 0x05 << 3 | 7 -> Op.MAXU;
            case 0x30 << 3 | 1 -> Op.ROL;
            case 0x30 << 3 | 5 -> Op.ROR;
            case 0x10 << 3 | 2 -> Op.SH1ADD;
            case 0x10 << 3 | 4 -> Op.SH2ADD;
            case 0x10 << 3 | 6 -> Op.SH3ADD;
            case 0x24 << 3 | 1 -> Op.BCLR;
            case 0x24 << 3 | 5 -> Op.BEXT;
            case 0x34 << 3 | 1 -> Op.BINV;
            case 0x14 << 3 | 1 -> Op.BSET;
            case 0x14 << 3 | 2 -> Op.XPERM4;
            case 0x14 << 3 | 4 -> Op.XPERM8;
            case 0x04 << 3 | 4 -> Op.PACK;
            case 0x04 << 3 | 7 -> Op.PACKH;
            case 0x07 << 3 | 5 -> Op.CZERO_EQZ;
            case 0x07 << 3 | 7 -> Op.CZERO_NEZ;
            default -> -1;
        };
    }

    /** Operation of an instruction with opcode OP-32, or -1. */
    static int registerWord(int funct7, int funct3) {
        return switch (funct7 << 3 | funct3) {
            case 0x04 << 3 -> Op.ADD_UW;
            case 0x04 << 3 | 4 -> Op.PACKW;
            case 0x10 << 3 | 2 -> Op.SH1ADD_UW;
            case 0x10 << 3 | 4 -> Op.SH2ADD_UW;
            case 0x10 << 3 | 6 -> Op.SH3ADD_UW;
            case 0x30 << 3 | 1 -> Op.ROLW;
            case 0x30 << 3 | 5 -> Op.RORW;
            default -> -1;
        };
    }

    /** OP-IMM with the left shift's funct3. */
    static long leftImmediate(int raw, int rd, int rs1, int immediate) {
        int shift = immediate & 63;
        return switch (raw >>> 26) {
            case 0x0a -> Op.pack(Op.BSETI, rd, rs1, 0, shift);
            case 0x12 -> Op.pack(Op.BCLRI, rd, rs1, 0, shift);
            case 0x1a -> Op.pack(Op.BINVI, rd, rs1, 0, shift);
            default ->
                switch (immediate) {
                    case 0x600 -> Op.pack(Op.CLZ, rd, rs1, 0, 0);
                    case 0x601 -> Op.pack(Op.CTZ, rd, rs1, 0, 0);
                    case 0x602 -> Op.pack(Op.CPOP, rd, rs1, 0, 0);
                    case 0x604 -> Op.pack(Op.SEXT_B, rd, rs1, 0, 0);
                    case 0x605 -> Op.pack(Op.SEXT_H, rd, rs1, 0, 0);
                    default -> Decoder.illegal(raw);
                };
        };
    }

    /** OP-IMM with the right shifts' funct3. */
    static long rightImmediate(int raw, int rd, int rs1, int immediate) {
        int shift = immediate & 63;
        return switch (raw >>> 26) {
            case 0x12 -> Op.pack(Op.BEXTI, rd, rs1, 0, shift);
            case 0x18 -> Op.pack(Op.RORI, rd, rs1, 0, shift);
            default ->
                switch (immediate) {
                    case 0x287 -> Op.pack(Op.ORC_B, rd, rs1, 0, 0);
                    case 0x687 -> Op.pack(Op.BREV8, rd, rs1, 0, 0);
                    case 0x6b8 -> Op.pack(Op.REV8, rd, rs1, 0, 0);
                    default -> Decoder.illegal(raw);
                };
        };
    }

    /** OP-IMM-32. */
    static long immediateWord(int raw, int rd, int rs1, int funct3, int immediate) {
        if (funct3 == 1 && raw >>> 26 == 2) {
            return Op.pack(Op.SLLI_UW, rd, rs1, 0, immediate & 63);
        }
        if (funct3 == 5 && raw >>> 25 == 0x30) {
            return Op.pack(Op.RORIW, rd, rs1, 0, immediate & 31);
        }
        if (funct3 == 1) {
            return switch (immediate) {
                case 0x600 -> Op.pack(Op.CLZW, rd, rs1, 0, 0);
                case 0x601 -> Op.pack(Op.CTZW, rd, rs1, 0, 0);
                case 0x602 -> Op.pack(Op.CPOPW, rd, rs1, 0, 0);
                default -> Decoder.illegal(raw);
            };
        }
        return Decoder.illegal(raw);
    }
}
