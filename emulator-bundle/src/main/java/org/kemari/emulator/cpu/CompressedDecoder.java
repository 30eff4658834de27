package org.kemari.emulator.cpu;

/** Expands 16-bit instructions of the C extension (unprivileged specification, chapter 26) to their 32-bit forms. */
final class CompressedDecoder {
    /** What no compressed instruction expands to. */
    static final int ILLEGAL = 0;

    private CompressedDecoder() {}

    static int expand(int c) {
        int funct3 = c >>> 13 & 7;
        return switch (c & 3) {
            case 0 -> quadrant0(c, funct3);
            case 1 -> quadrant1(c, funct3);
            default -> quadrant2(c, funct3);
        };
    }

    private static int bits(int value, int from, int count, int to) {
        return (value >>> from & (1 << count) - 1) << to;
    }

    private static int i(int opcode, int funct3, int rd, int rs1, int immediate) {
        return immediate << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
    }

    private static int s(int opcode, int funct3, int rs1, int rs2, int immediate) {
        return immediate >>> 5 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (immediate & 31) << 7 | opcode;
    }

    private static int r(int opcode, int funct3, int funct7, int rd, int rs1, int rs2) {
        return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
    }

    private static int quadrant0(int c, int funct3) {
        int rd = 8 + (c >>> 2 & 7);
        int rs1 = 8 + (c >>> 7 & 7);
        int word = bits(c, 10, 3, 3) | bits(c, 6, 1, 2) | bits(c, 5, 1, 6);
        int twice = bits(c, 10, 3, 3) | bits(c, 5, 2, 6);
        switch (funct3) {
            case 0:
                int amount = bits(c, 11, 2, 4) | bits(c, 7, 4, 6) | bits(c, 6, 1, 2) | bits(c, 5, 1, 3);
                return amount == 0 ? ILLEGAL : i(0x13, 0, rd, 2, amount);
            case 1:
                return i(0x07, 3, rd, rs1, twice);
            case 2:
                return i(0x03, 2, rd, rs1, word);
            case 3:
                return i(0x03, 3, rd, rs1, twice);
            case 5:
                return s(0x27, 3, rs1, rd, twice);
            case 6:
                return s(0x23, 2, rs1, rd, word);
            case 7:
                return s(0x23, 3, rs1, rd, twice);
            default:
                return ILLEGAL;
        }
    }

    private static int quadrant1(int c, int funct3) {
        int rd = c >>> 7 & 31;
        int immediate = bits(c, 2, 5, 0) | (c << 19 >> 31) << 5;
        switch (funct3) {
            case 0:
                return i(0x13, 0, rd, rd, immediate);
            case 1:
                return rd == 0 ? ILLEGAL : i(0x1b, 0, rd, rd, immediate);
            case 2:
                return i(0x13, 0, rd, 0, immediate);
            case 3:
                if (rd == 2) {
                    int stack = (c << 19 >> 31) << 9
                            | bits(c, 6, 1, 4)
                            | bits(c, 5, 1, 6)
                            | bits(c, 3, 2, 7)
                            | bits(c, 2, 1, 5);
                    return stack == 0 ? ILLEGAL : i(0x13, 0, 2, 2, stack);
                }
                return immediate == 0 ? ILLEGAL : immediate << 12 | rd << 7 | 0x37;
            case 4:
                return arithmetic(c, immediate);
            case 5:
                return jump(c);
            default:
                return branch(c, funct3);
        }
    }

    private static int arithmetic(int c, int immediate) {
        int rd = 8 + (c >>> 7 & 7);
        int rs2 = 8 + (c >>> 2 & 7);
        switch (c >>> 10 & 3) {
            case 0:
                return i(0x13, 5, rd, rd, immediate & 63);
            case 1:
                return i(0x13, 5, rd, rd, immediate & 63 | 0x400);
            case 2:
                return i(0x13, 7, rd, rd, immediate);
            default:
                int which = c >>> 5 & 3;
                if ((c >>> 12 & 1) == 0) {
                    return switch (which) {
                        case 0 -> r(0x33, 0, 32, rd, rd, rs2);
                        case 1 -> r(0x33, 4, 0, rd, rd, rs2);
                        case 2 -> r(0x33, 6, 0, rd, rd, rs2);
                        default -> r(0x33, 7, 0, rd, rd, rs2);
                    };
                }
                return which == 0 ? r(0x3b, 0, 32, rd, rd, rs2) : which == 1 ? r(0x3b, 0, 0, rd, rd, rs2) : ILLEGAL;
        }
    }

    private static int jump(int c) {
        int offset = (c << 19 >> 31) << 11
                | bits(c, 11, 1, 4)
                | bits(c, 9, 2, 8)
                | bits(c, 8, 1, 10)
                | bits(c, 7, 1, 6)
                | bits(c, 6, 1, 7)
                | bits(c, 3, 3, 1)
                | bits(c, 2, 1, 5);
        return bits(offset, 20, 1, 31) | bits(offset, 1, 10, 21) | bits(offset, 11, 1, 20) | offset & 0xff000 | 0x6f;
    }

    private static int branch(int c, int funct3) {
        int offset = (c << 19 >> 31) << 8 | bits(c, 10, 2, 3) | bits(c, 5, 2, 6) | bits(c, 3, 2, 1) | bits(c, 2, 1, 5);
        int rs1 = 8 + (c >>> 7 & 7);
        return bits(offset, 12, 1, 31)
                | bits(offset, 5, 6, 25)
                | rs1 << 15
                | (funct3 & 1) << 12
                | bits(offset, 1, 4, 8)
                | bits(offset, 11, 1, 7)
                | 0x63;
    }

    private static int quadrant2(int c, int funct3) {
        int rd = c >>> 7 & 31;
        int rs2 = c >>> 2 & 31;
        int word = bits(c, 12, 1, 5) | bits(c, 4, 3, 2) | bits(c, 2, 2, 6);
        int twice = bits(c, 12, 1, 5) | bits(c, 5, 2, 3) | bits(c, 2, 3, 6);
        switch (funct3) {
            case 0:
                return i(0x13, 1, rd, rd, bits(c, 12, 1, 5) | rs2);
            case 1:
                return i(0x07, 3, rd, 2, twice);
            case 2:
                return rd == 0 ? ILLEGAL : i(0x03, 2, rd, 2, word);
            case 3:
                return rd == 0 ? ILLEGAL : i(0x03, 3, rd, 2, twice);
            case 4:
                return moveOrJump(c, rd, rs2);
            case 5:
                return s(0x27, 3, 2, rs2, bits(c, 10, 3, 3) | bits(c, 7, 3, 6));
            case 6:
                return s(0x23, 2, 2, rs2, bits(c, 9, 4, 2) | bits(c, 7, 2, 6));
            default:
                return s(0x23, 3, 2, rs2, bits(c, 10, 3, 3) | bits(c, 7, 3, 6));
        }
    }

    private static int moveOrJump(int c, int rd, int rs2) {
        if ((c >>> 12 & 1) == 0) {
            if (rs2 != 0) {
                return r(0x33, 0, 0, rd, 0, rs2);
            }
            return rd == 0 ? ILLEGAL : i(0x67, 0, 0, rd, 0);
        }
        if (rs2 != 0) {
            return r(0x33, 0, 0, rd, rd, rs2);
        }
        return rd == 0 ? 0x0010_0073 : i(0x67, 0, 1, rd, 0);
    }
}
