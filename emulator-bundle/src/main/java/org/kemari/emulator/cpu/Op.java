package org.kemari.emulator.cpu;

/** Operation codes of decoded instructions, dense from 0. */
public final class Op {
    /** Goes to {@link RareInstructions} with the instruction word as immediate; the block goes on. */
    public static final int RARE = 0;
    /** As RARE, but ends its block: CSRs, traps, fences. */
    public static final int SYSTEM = 1;
    /** Illegal; the immediate is what mtval gets. */
    public static final int ILLEGAL = 2;

    public static final int LI = 3;
    public static final int AUIPC = 4;
    public static final int JAL = 5;
    public static final int JALR = 6;
    public static final int BEQ = 7;
    public static final int BNE = 8;
    public static final int BLT = 9;
    public static final int BGE = 10;
    public static final int BLTU = 11;
    public static final int BGEU = 12;
    public static final int LB = 13;
    public static final int LH = 14;
    public static final int LW = 15;
    public static final int LD = 16;
    public static final int LBU = 17;
    public static final int LHU = 18;
    public static final int LWU = 19;
    public static final int SB = 20;
    public static final int SH = 21;
    public static final int SW = 22;
    public static final int SD = 23;
    public static final int ADDI = 24;
    public static final int SLTI = 25;
    public static final int SLTIU = 26;
    public static final int XORI = 27;
    public static final int ORI = 28;
    public static final int ANDI = 29;
    public static final int SLLI = 30;
    public static final int SRLI = 31;
    public static final int SRAI = 32;
    public static final int ADDIW = 33;
    public static final int SLLIW = 34;
    public static final int SRLIW = 35;
    public static final int SRAIW = 36;
    public static final int ADD = 37;
    public static final int SUB = 38;
    public static final int SLL = 39;
    public static final int SLT = 40;
    public static final int SLTU = 41;
    public static final int XOR = 42;
    public static final int SRL = 43;
    public static final int SRA = 44;
    public static final int OR = 45;
    public static final int AND = 46;
    public static final int ADDW = 47;
    public static final int SUBW = 48;
    public static final int SLLW = 49;
    public static final int SRLW = 50;
    public static final int SRAW = 51;
    public static final int MUL = 52;
    public static final int MULH = 53;
    public static final int MULHSU = 54;
    public static final int MULHU = 55;
    public static final int DIV = 56;
    public static final int DIVU = 57;
    public static final int REM = 58;
    public static final int REMU = 59;
    public static final int MULW = 60;
    public static final int DIVW = 61;
    public static final int DIVUW = 62;
    public static final int REMW = 63;
    public static final int REMUW = 64;
    public static final int NOP = 65;

    // Bit manipulation and conditional zero (Zba, Zbb, Zbc, Zbs, Zbkb, Zbkx, Zicond): BitManipulation computes them.
    public static final int ADD_UW = 66;
    public static final int SH1ADD = 67;
    public static final int SH2ADD = 68;
    public static final int SH3ADD = 69;
    public static final int SH1ADD_UW = 70;
    public static final int SH2ADD_UW = 71;
    public static final int SH3ADD_UW = 72;
    public static final int ANDN = 73;
    public static final int ORN = 74;
    public static final int XNOR = 75;
    public static final int CLZ = 76;
    public static final int CTZ = 77;
    public static final int CPOP = 78;
    public static final int CLZW = 79;
    public static final int CTZW = 80;
    public static final int CPOPW = 81;
    public static final int MIN = 82;
    public static final int MINU = 83;
    public static final int MAX = 84;
    public static final int MAXU = 85;
    public static final int SEXT_B = 86;
    public static final int SEXT_H = 87;
    public static final int ROL = 88;
    public static final int ROR = 89;
    public static final int ROLW = 90;
    public static final int RORW = 91;
    public static final int ORC_B = 92;
    public static final int REV8 = 93;
    public static final int CLMUL = 94;
    public static final int CLMULH = 95;
    public static final int CLMULR = 96;
    public static final int BCLR = 97;
    public static final int BEXT = 98;
    public static final int BINV = 99;
    public static final int BSET = 100;
    public static final int BREV8 = 101;
    public static final int PACK = 102;
    public static final int PACKH = 103;
    public static final int PACKW = 104;
    public static final int XPERM4 = 105;
    public static final int XPERM8 = 106;
    public static final int CZERO_EQZ = 107;
    public static final int CZERO_NEZ = 108;

    // The same with an immediate in place of the second register.
    public static final int SLLI_UW = 109;
    public static final int RORI = 110;
    public static final int RORIW = 111;
    public static final int BCLRI = 112;
    public static final int BEXTI = 113;
    public static final int BINVI = 114;
    public static final int BSETI = 115;

    /** Register index that takes what is written to x0. */
    public static final int SINK = 32;

    /** The instruction takes four bytes, not two. */
    static final long WIDE = 1L << 26;

    private Op() {}

    /**
     * One decoded instruction in a word.
     *
     * <pre>
     *  63            32 31  26 25 20 19 14 13  8 7    0
     * +----------------+------+-----+-----+-----+------+
     * |   immediate    |  W   | rs2 | rs1 | rd  |  op  |   W: WIDE
     * +----------------+------+-----+-----+-----+------+
     * </pre>
     */
    static long pack(int op, int rd, int rs1, int rs2, int immediate) {
        return (long) immediate << 32 | rs2 << 20 | rs1 << 14 | (rd == 0 ? SINK : rd) << 8 | op;
    }

    public static int op(long word) {
        return (int) word & 0xff;
    }

    static int lengthBytes(long word) {
        return (word & WIDE) != 0 ? 4 : 2;
    }

    public static int rd(long word) {
        return (int) word >>> 8 & 63;
    }

    /** True for what {@link BitManipulation#compute} computes. */
    static boolean isBitManipulation(int op) {
        return op >= ADD_UW && op <= BSETI;
    }

    /** Of bit manipulation only: the second operand is the immediate. */
    public static boolean hasImmediateOperand(int op) {
        return op >= SLLI_UW && op <= BSETI;
    }

    public static boolean isBranch(int op) {
        return op >= BEQ && op <= BGEU;
    }

    /** A conditional branch does not end its block: taken, it leaves in the middle. */
    public static boolean endsBlock(int op) {
        return op == SYSTEM || op == ILLEGAL || op == JAL || op == JALR;
    }
}
