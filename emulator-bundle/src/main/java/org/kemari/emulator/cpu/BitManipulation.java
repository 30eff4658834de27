package org.kemari.emulator.cpu;

/**
 * What Zba, Zbb, Zbc, Zbs, Zbkb and Zbkx (unprivileged specification, chapter 28) and Zicond (chapter 11) compute. Pure
 * functions of two operands, so that whatever executes guest code shares them.
 */
final class BitManipulation {
    private static final long WORD = 0xffff_ffffL;
    private static final long HIGH_BIT_OF_BYTES = 0x8080_8080_8080_8080L;

    private BitManipulation() {}

    /** As {@link #compute}, of a decoded instruction and the values of its two registers. */
    static long execute(long word, long a, long b) {
        int op = Op.op(word);
        return compute(op, a, Op.hasImmediateOperand(op) ? word >> 32 : b);
    }

    /**
     * The value that goes to rd.
     *
     * @param b the second register's value or, if {@link Op#hasImmediateOperand} says so, the immediate
     */
    static long compute(int op, long a, long b) {
        return switch (op) {
            case Op.ADD_UW -> (a & WORD) + b;
            case Op.SH1ADD -> (a << 1) + b;
            case Op.SH2ADD -> (a << 2) + b;
            case Op.SH3ADD -> (a << 3) + b;
            case Op.SH1ADD_UW -> ((a & WORD) << 1) + b;
            case Op.SH2ADD_UW -> ((a & WORD) << 2) + b;
            case Op.SH3ADD_UW -> ((a & WORD) << 3) + b;
            case Op.SLLI_UW -> (a & WORD) << b;
            case Op.ANDN -> a & ~b;
            case Op.ORN -> a | ~b;
            case Op.XNOR -> ~(a ^ b);
            case Op.CLZ -> Long.numberOfLeadingZeros(a);
            case Op.CTZ -> Long.numberOfTrailingZeros(a);
            case Op.CPOP -> Long.bitCount(a);
            case Op.CLZW -> Integer.numberOfLeadingZeros((int) a);
            case Op.CTZW -> Integer.numberOfTrailingZeros((int) a);
            case Op.CPOPW -> Integer.bitCount((int) a);
            case Op.MIN -> Math.min(a, b);
            case Op.MINU -> Long.compareUnsigned(a, b) < 0 ? a : b;
            case Op.MAX -> Math.max(a, b);
            case Op.MAXU -> Long.compareUnsigned(a, b) > 0 ? a : b;
            case Op.SEXT_B -> (byte) a;
            case Op.SEXT_H -> (short) a;
            case Op.ROL -> Long.rotateLeft(a, (int) b);
            case Op.ROR, Op.RORI -> Long.rotateRight(a, (int) b);
            case Op.ROLW -> Integer.rotateLeft((int) a, (int) b);
            case Op.RORW, Op.RORIW -> Integer.rotateRight((int) a, (int) b);
            case Op.ORC_B -> orCombine(a);
            case Op.REV8 -> Long.reverseBytes(a);
            case Op.CLMUL -> carrylessLow(a, b);
            case Op.CLMULH -> carrylessReversed(a, b) >>> 1;
            case Op.CLMULR -> carrylessReversed(a, b);
            case Op.BCLR, Op.BCLRI -> a & ~(1L << b);
            case Op.BEXT, Op.BEXTI -> a >>> b & 1;
            case Op.BINV, Op.BINVI -> a ^ 1L << b;
            case Op.BSET, Op.BSETI -> a | 1L << b;
            case Op.BREV8 -> Long.reverseBytes(Long.reverse(a));
            case Op.PACK -> a & WORD | b << 32;
            case Op.PACKH -> a & 0xff | (b & 0xff) << 8;
            case Op.PACKW -> (int) (a & 0xffff | b << 16);
            case Op.XPERM4 -> lookUp(a, b, 4);
            case Op.XPERM8 -> lookUp(a, b, 8);
            case Op.CZERO_EQZ -> b == 0 ? 0 : a;
            case Op.CZERO_NEZ -> b != 0 ? 0 : a;
            default -> throw new IllegalStateException("operation " + op);
        };
    }

    /** All ones in each byte that is not zero. */
    private static long orCombine(long a) {
        // A byte's low 7 bits carry into its high bit unless they are all zero; no byte carries into the next.
        long notZero = ((a & ~HIGH_BIT_OF_BYTES) + ~HIGH_BIT_OF_BYTES | a) & HIGH_BIT_OF_BYTES;
        return (notZero >>> 7) * 0xff;
    }

    /** Bits 63 to 0 of the product without carries. */
    private static long carrylessLow(long a, long b) {
        long product = 0;
        for (long rest = b; rest != 0; rest &= rest - 1) {
            product ^= a << Long.numberOfTrailingZeros(rest);
        }
        return product;
    }

    /** Bits 126 to 63: read backwards they are the low bits of the product of both operands read backwards. */
    private static long carrylessReversed(long a, long b) {
        return Long.reverse(carrylessLow(Long.reverse(a), Long.reverse(b)));
    }

    /** Elements of the table {@code a} by the indices in {@code b}; zero where an index is beyond the table. */
    private static long lookUp(long a, long b, int bits) {
        long mask = (1L << bits) - 1;
        long result = 0;
        for (int i = 0; i < 64; i += bits) {
            long index = b >>> i & mask;
            if (index < 64 / bits) {
                result |= (a >>> index * bits & mask) << i;
            }
        }
        return result;
    }
}
