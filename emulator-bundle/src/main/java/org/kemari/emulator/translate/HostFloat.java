package org.kemari.emulator.translate;

/**
 * Floating point by the host's arithmetic, for translated code. A result of {@code double} or {@code float} arithmetic
 * in Java is IEEE 754's rounded to nearest even; what Java does not give are the flags. Where a result is finite and
 * beyond the smallest normal number, or exact, the only flag that can have arisen is inexact: so if that is up already,
 * result and flags are right. The predicates here say whether that holds; a computation that is not answered gives
 * something which they refuse. Registers come and go as their 64 bits, singles NaN-boxed (unprivileged specification
 * §20.6, §21.2).
 */
final class HostFloat {
    private static final long ABSOLUTE = Long.MAX_VALUE;
    private static final long SMALLEST_DOUBLE = 0x0010_0000_0000_0000L;
    private static final long INFINITE_DOUBLE = 0x7ff0_0000_0000_0000L;
    private static final int SMALLEST_SINGLE = 0x0080_0000;
    private static final int INFINITE_SINGLE = 0x7f80_0000;
    private static final long BOX = 0xffff_ffffL << 32;

    /** A boxed NaN, refused by {@link #settledSingle} and {@link #settledSumSingle}. */
    private static final long REFUSED = BOX | 0x7fc0_0000;

    /** What a comparison gives that is not answered. */
    static final int UNORDERED = -1;

    private HostFloat() {}

    /**
     * Finite and beyond the smallest normal number. That number itself may come from one below it: tininess is told after
     * rounding without a bound of the exponent.
     */
    static boolean settledDouble(long bits) {
        long magnitude = bits & ABSOLUTE;
        return magnitude > SMALLEST_DOUBLE && magnitude < INFINITE_DOUBLE;
    }

    /** Of a sum: zero, too, which is exact. */
    static boolean settledSumDouble(long bits) {
        return settledDouble(bits) || (bits & ABSOLUTE) == 0;
    }

    static boolean settledSingle(long bits) {
        int magnitude = (int) bits & Integer.MAX_VALUE;
        return magnitude > SMALLEST_SINGLE && magnitude < INFINITE_SINGLE;
    }

    static boolean settledSumSingle(long bits) {
        return settledSingle(bits) || ((int) bits & Integer.MAX_VALUE) == 0;
    }

    private static boolean boxed(long a) {
        return a >>> 32 == 0xffff_ffffL;
    }

    private static double d(long bits) {
        return Double.longBitsToDouble(bits);
    }

    private static float s(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private static long bits(float value) {
        return BOX | Float.floatToRawIntBits(value) & 0xffff_ffffL;
    }

    static long addDouble(long a, long b) {
        return bits(d(a) + d(b));
    }

    static long subtractDouble(long a, long b) {
        return bits(d(a) - d(b));
    }

    static long multiplyDouble(long a, long b) {
        return bits(d(a) * d(b));
    }

    static long divideDouble(long a, long b) {
        return bits(d(a) / d(b));
    }

    static long squareRootDouble(long a) {
        return bits(Math.sqrt(d(a)));
    }

    static long multiplyAddDouble(long a, long b, long c) {
        return bits(Math.fma(d(a), d(b), d(c)));
    }

    static long multiplySubtractDouble(long a, long b, long c) {
        return bits(Math.fma(d(a), d(b), -d(c)));
    }

    static long negatedMultiplySubtractDouble(long a, long b, long c) {
        return bits(Math.fma(-d(a), d(b), d(c)));
    }

    static long negatedMultiplyAddDouble(long a, long b, long c) {
        return bits(Math.fma(-d(a), d(b), -d(c)));
    }

    static long addSingle(long a, long b) {
        return boxed(a & b) ? bits(s(a) + s(b)) : REFUSED;
    }

    static long subtractSingle(long a, long b) {
        return boxed(a & b) ? bits(s(a) - s(b)) : REFUSED;
    }

    static long multiplySingle(long a, long b) {
        return boxed(a & b) ? bits(s(a) * s(b)) : REFUSED;
    }

    static long divideSingle(long a, long b) {
        return boxed(a & b) ? bits(s(a) / s(b)) : REFUSED;
    }

    static long squareRootSingle(long a) {
        return boxed(a) ? bits((float) Math.sqrt(s(a))) : REFUSED;
    }

    static long multiplyAddSingle(long a, long b, long c) {
        return boxed(a & b & c) ? bits(Math.fma(s(a), s(b), s(c))) : REFUSED;
    }

    static long multiplySubtractSingle(long a, long b, long c) {
        return boxed(a & b & c) ? bits(Math.fma(s(a), s(b), -s(c))) : REFUSED;
    }

    static long negatedMultiplySubtractSingle(long a, long b, long c) {
        return boxed(a & b & c) ? bits(Math.fma(-s(a), s(b), s(c))) : REFUSED;
    }

    static long negatedMultiplyAddSingle(long a, long b, long c) {
        return boxed(a & b & c) ? bits(Math.fma(-s(a), s(b), -s(c))) : REFUSED;
    }

    static long singleOfDouble(long a) {
        return bits((float) d(a));
    }

    /** Exact, but for a NaN, which may signal and whose payload goes: refused as a double, too. */
    static long doubleOfSingle(long a) {
        return boxed(a) ? bits((double) s(a)) : INFINITE_DOUBLE + 1;
    }

    static boolean numberDouble(long bits) {
        return (bits & ABSOLUTE) <= INFINITE_DOUBLE;
    }

    static long doubleOfInt(long a) {
        return bits((double) (int) a);
    }

    static long doubleOfUnsignedInt(long a) {
        return bits((double) (a & 0xffff_ffffL));
    }

    static long doubleOfLong(long a) {
        return bits((double) a);
    }

    static long singleOfInt(long a) {
        return bits((float) (int) a);
    }

    static long singleOfUnsignedInt(long a) {
        return bits((float) (a & 0xffff_ffffL));
    }

    static long singleOfLong(long a) {
        return bits((float) a);
    }

    // Comparisons: 0, 1 or UNORDERED

    static int equalDouble(long a, long b) {
        double left = d(a);
        double right = d(b);
        return left == right ? 1 : left != left || right != right ? UNORDERED : 0;
    }

    static int lessDouble(long a, long b) {
        double left = d(a);
        double right = d(b);
        return left < right ? 1 : left >= right ? 0 : UNORDERED;
    }

    static int lessOrEqualDouble(long a, long b) {
        double left = d(a);
        double right = d(b);
        return left <= right ? 1 : left > right ? 0 : UNORDERED;
    }

    static int equalSingle(long a, long b) {
        return boxed(a & b) ? equalDouble(bits((double) s(a)), bits((double) s(b))) : UNORDERED;
    }

    static int lessSingle(long a, long b) {
        return boxed(a & b) ? lessDouble(bits((double) s(a)), bits((double) s(b))) : UNORDERED;
    }

    static int lessOrEqualSingle(long a, long b) {
        return boxed(a & b) ? lessOrEqualDouble(bits((double) s(a)), bits((double) s(b))) : UNORDERED;
    }

    // Conversions to integers, towards zero; they must lie in range

    static boolean fitsInt(long a) {
        double value = d(a);
        return value > -2147483649.0 && value < 2147483648.0;
    }

    static boolean fitsUnsignedInt(long a) {
        double value = d(a);
        return value > -1.0 && value < 4294967296.0;
    }

    static boolean fitsLong(long a) {
        double value = d(a);
        return value >= -0x1p63 && value < 0x1p63;
    }

    static long toInt(long a) {
        return (int) d(a);
    }

    static long toUnsignedInt(long a) {
        return (int) (long) d(a);
    }

    static long toLong(long a) {
        return (long) d(a);
    }

    // Signs

    static long injectSingle(long a, long b) {
        return BOX | magnitudeSingle(a) | single(b) & 1L << 31;
    }

    static long injectNegatedSingle(long a, long b) {
        return BOX | magnitudeSingle(a) | ~single(b) & 1L << 31;
    }

    static long injectProductSingle(long a, long b) {
        return BOX | single(a) ^ single(b) & 1L << 31;
    }

    static long injectDouble(long a, long b) {
        return a & ABSOLUTE | b & ~ABSOLUTE;
    }

    static long injectNegatedDouble(long a, long b) {
        return a & ABSOLUTE | ~b & ~ABSOLUTE;
    }

    static long injectProductDouble(long a, long b) {
        return a ^ b & ~ABSOLUTE;
    }

    /** What is not boxed counts as the canonical NaN. */
    private static long single(long a) {
        return boxed(a) ? a & 0xffff_ffffL : 0x7fc0_0000L;
    }

    private static long magnitudeSingle(long a) {
        return single(a) & Integer.MAX_VALUE;
    }

    // Moves

    static long boxedWord(long a) {
        return BOX | a & 0xffff_ffffL;
    }
}
