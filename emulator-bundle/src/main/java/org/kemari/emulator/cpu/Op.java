package org.kemari.emulator.cpu;

/** Operation codes of decoded instructions, dense from 0 so that the interpreter's switch is a table. */
final class Op {
    /** Goes to {@link RareInstructions} with the instruction word as immediate; the block goes on. */
    static final int RARE = 0;
    /** As RARE, but ends its block: CSRs, traps, fences. */
    static final int SYSTEM = 1;
    /** Illegal; the immediate is what mtval gets. */
    static final int ILLEGAL = 2;

    static final int LI = 3;
    static final int AUIPC = 4;
    static final int JAL = 5;
    static final int JALR = 6;
    static final int BEQ = 7;
    static final int BNE = 8;
    static final int BLT = 9;
    static final int BGE = 10;
    static final int BLTU = 11;
    static final int BGEU = 12;
    static final int LB = 13;
    static final int LH = 14;
    static final int LW = 15;
    static final int LD = 16;
    static final int LBU = 17;
    static final int LHU = 18;
    static final int LWU = 19;
    static final int SB = 20;
    static final int SH = 21;
    static final int SW = 22;
    static final int SD = 23;
    static final int ADDI = 24;
    static final int SLTI = 25;
    static final int SLTIU = 26;
    static final int XORI = 27;
    static final int ORI = 28;
    static final int ANDI = 29;
    static final int SLLI = 30;
    static final int SRLI = 31;
    static final int SRAI = 32;
    static final int ADDIW = 33;
    static final int SLLIW = 34;
    static final int SRLIW = 35;
    static final int SRAIW = 36;
    static final int ADD = 37;
    static final int SUB = 38;
    static final int SLL = 39;
    static final int SLT = 40;
    static final int SLTU = 41;
    static final int XOR = 42;
    static final int SRL = 43;
    static final int SRA = 44;
    static final int OR = 45;
    static final int AND = 46;
    static final int ADDW = 47;
    static final int SUBW = 48;
    static final int SLLW = 49;
    static final int SRLW = 50;
    static final int SRAW = 51;
    static final int MUL = 52;
    static final int MULH = 53;
    static final int MULHSU = 54;
    static final int MULHU = 55;
    static final int DIV = 56;
    static final int DIVU = 57;
    static final int REM = 58;
    static final int REMU = 59;
    static final int MULW = 60;
    static final int DIVW = 61;
    static final int DIVUW = 62;
    static final int REMW = 63;
    static final int REMUW = 64;
    static final int NOP = 65;

    // Bit manipulation and conditional zero (Zba, Zbb, Zbc, Zbs, Zbkb, Zbkx, Zicond): BitManipulation computes them.
    static final int ADD_UW = 66;
    static final int SH1ADD = 67;
    static final int SH2ADD = 68;
    static final int SH3ADD = 69;
    static final int SH1ADD_UW = 70;
    static final int SH2ADD_UW = 71;
    static final int SH3ADD_UW = 72;
    static final int ANDN = 73;
    static final int ORN = 74;
    static final int XNOR = 75;
    static final int CLZ = 76;
    static final int CTZ = 77;
    static final int CPOP = 78;
    static final int CLZW = 79;
    static final int CTZW = 80;
    static final int CPOPW = 81;
    static final int MIN = 82;
    static final int MINU = 83;
    static final int MAX = 84;
    static final int MAXU = 85;
    static final int SEXT_B = 86;
    static final int SEXT_H = 87;
    static final int ROL = 88;
    static final int ROR = 89;
    static final int ROLW = 90;
    static final int RORW = 91;
    static final int ORC_B = 92;
    static final int REV8 = 93;
    static final int CLMUL = 94;
    static final int CLMULH = 95;
    static final int CLMULR = 96;
    static final int BCLR = 97;
    static final int BEXT = 98;
    static final int BINV = 99;
    static final int BSET = 100;
    static final int BREV8 = 101;
    static final int PACK = 102;
    static final int PACKH = 103;
    static final int PACKW = 104;
    static final int XPERM4 = 105;
    static final int XPERM8 = 106;
    static final int CZERO_EQZ = 107;
    static final int CZERO_NEZ = 108;

    // The same with an immediate in place of the second register.
    static final int SLLI_UW = 109;
    static final int RORI = 110;
    static final int RORIW = 111;
    static final int BCLRI = 112;
    static final int BEXTI = 113;
    static final int BINVI = 114;
    static final int BSETI = 115;

    /** Register index that takes what is written to x0. */
    static final int SINK = 32;

    private Op() {}

    /**
     * One decoded instruction in a word.
     *
     * <pre>
     *  63            32 31  26 25 20 19 14 13  8 7    0
     * +----------------+------+-----+-----+-----+------+
     * |   immediate    |  -   | rs2 | rs1 | rd  |  op  |
     * +----------------+------+-----+-----+-----+------+
     * </pre>
     */
    static long pack(int op, int rd, int rs1, int rs2, int immediate) {
        return (long) immediate << 32 | rs2 << 20 | rs1 << 14 | (rd == 0 ? SINK : rd) << 8 | op;
    }

    static int op(long word) {
        return (int) word & 0xff;
    }

    static int rd(long word) {
        return (int) word >>> 8 & 63;
    }

    /** True for what {@link BitManipulation#compute} computes. */
    static boolean isBitManipulation(int op) {
        return op >= ADD_UW && op <= BSETI;
    }

    /** Of bit manipulation only: the second operand is the immediate. */
    static boolean hasImmediateOperand(int op) {
        return op >= SLLI_UW;
    }

    /** A conditional branch does not end its block: taken, it leaves in the middle. */
    static boolean endsBlock(int op) {
        return op == SYSTEM || op == ILLEGAL || op == JAL || op == JALR;
    }
}
