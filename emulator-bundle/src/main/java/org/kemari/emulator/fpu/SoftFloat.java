package org.kemari.emulator.fpu;

import static org.kemari.emulator.fpu.Rounding.DIVIDE_BY_ZERO;
import static org.kemari.emulator.fpu.Rounding.DOWN;
import static org.kemari.emulator.fpu.Rounding.INEXACT;
import static org.kemari.emulator.fpu.Rounding.INVALID;
import static org.kemari.emulator.fpu.Rounding.OVERFLOW;
import static org.kemari.emulator.fpu.Rounding.TOWARDS_ZERO;
import static org.kemari.emulator.fpu.Rounding.UNDERFLOW;
import static org.kemari.emulator.fpu.Rounding.UP;

/**
 * Arithmetic of both formats. Each operation is exact inside, with everything below the last bit kept gathered in one
 * sticky bit, and rounds once, in {@link #round}. Flags gather in {@link #flags}.
 */
public final class SoftFloat {
    /** Exception flags raised since they were last cleared. */
    private int flags;

    public int flags() {
        return flags;
    }

    public void clearFlags() {
        flags = 0;
    }

    static long shiftRightSticky(long value, int distance) {
        if (distance == 0) {
            return value;
        }
        if (distance > 63) {
            return value != 0 ? 1 : 0;
        }
        return value >>> distance | (value << -distance != 0 ? 1 : 0);
    }

    /** Rounds and packs a significand with its leading one at bit 62 (1.x times two to {@code exponent}). */
    private long round(Format format, boolean negative, int exponent, long significand, int mode) {
        int guard = 62 - format.fractionBits;
        long restMask = (1L << guard) - 1;
        long half = 1L << guard - 1;
        int field = exponent + format.bias;
        boolean tiny = false;
        long kept = significand;
        if (field <= 0) {
            // Tininess is detected after rounding: would an unbounded exponent still leave it below the least normal?
            boolean odd = (kept >>> guard & 1) != 0;
            boolean up = Rounding.increments(mode, negative, odd, kept & restMask, half);
            tiny = field < 0 || !up || kept >>> guard != (1L << format.fractionBits + 1) - 1;
            kept = shiftRightSticky(kept, 1 - field);
            field = 0;
        }
        long rest = kept & restMask;
        long result = kept >>> guard;
        if (rest != 0) {
            flags |= tiny ? INEXACT | UNDERFLOW : INEXACT;
            if (Rounding.increments(mode, negative, (result & 1) != 0, rest, half)) {
                result++;
            }
        }
        // The leading one adds itself to the exponent field; a carry out of the fraction does too.
        long magnitude = field == 0 ? result : ((long) field - 1 << format.fractionBits) + result;
        if (field >= format.specialExponent || magnitude >= format.infinity) {
            flags |= OVERFLOW | INEXACT;
            boolean toInfinity = mode != TOWARDS_ZERO && mode != (negative ? UP : DOWN);
            magnitude = toInfinity ? format.infinity : format.infinity - 1;
        }
        return format.signed(negative, magnitude);
    }

    private long nan(Format format, long a, long b) {
        if (format.isSignalingNan(a) || format.isSignalingNan(b)) {
            flags |= INVALID;
        }
        return format.canonicalNan;
    }

    private long invalid(Format format) {
        flags |= INVALID;
        return format.canonicalNan;
    }

    public long negate(Format format, long a) {
        return a ^ 1L << format.signBit;
    }

    public long add(Format format, long a, long b, int mode) {
        if (format.isNan(a) || format.isNan(b)) {
            return nan(format, a, b);
        }
        boolean negativeA = format.negative(a);
        boolean negativeB = format.negative(b);
        if (format.isInfinite(a)) {
            return format.isInfinite(b) && negativeA != negativeB ? invalid(format) : a;
        }
        if (format.isInfinite(b)) {
            return b;
        }
        if (format.isZero(a)) {
            return !format.isZero(b) || negativeA == negativeB ? b : format.signed(mode == DOWN, 0);
        }
        if (format.isZero(b)) {
            return a;
        }
        if (format.magnitude(a) < format.magnitude(b)) {
            return addOrdered(format, b, a, mode);
        }
        return addOrdered(format, a, b, mode);
    }

    /** Both finite and not zero, the first not the smaller in magnitude. */
    private long addOrdered(Format format, long a, long b, int mode) {
        int exponent = format.exponent(a);
        long large = format.significand(a);
        long small = shiftRightSticky(format.significand(b), Math.min(exponent - format.exponent(b), 64));
        boolean negative = format.negative(a);
        if (negative == format.negative(b)) {
            long sum = large + small;
            return sum < 0
                    ? round(format, negative, exponent + 1, shiftRightSticky(sum, 1), mode)
                    : round(format, negative, exponent, sum, mode);
        }
        long difference = large - small;
        if (difference == 0) {
            return format.signed(mode == DOWN, 0);
        }
        int shift = Long.numberOfLeadingZeros(difference) - 1;
        return round(format, negative, exponent - shift, difference << shift, mode);
    }

    public long multiply(Format format, long a, long b, int mode) {
        if (format.isNan(a) || format.isNan(b)) {
            return nan(format, a, b);
        }
        boolean negative = format.negative(a) != format.negative(b);
        if (format.isInfinite(a) || format.isInfinite(b)) {
            return format.isZero(a) || format.isZero(b) ? invalid(format) : format.signed(negative, format.infinity);
        }
        if (format.isZero(a) || format.isZero(b)) {
            return format.signed(negative, 0);
        }
        long x = format.significand(a);
        long y = format.significand(b);
        long high = Math.multiplyHigh(x, y);
        long low = x * y;
        int exponent = format.exponent(a) + format.exponent(b);
        // The product's leading one is at bit 124 or 125.
        if (high >>> 61 != 0) {
            return round(format, negative, exponent + 1, high << 1 | low >>> 63 | sticky(low << 1), mode);
        }
        return round(format, negative, exponent, high << 2 | low >>> 62 | sticky(low << 2), mode);
    }

    private static long sticky(long value) {
        return value != 0 ? 1 : 0;
    }

    public long divide(Format format, long a, long b, int mode) {
        if (format.isNan(a) || format.isNan(b)) {
            return nan(format, a, b);
        }
        boolean negative = format.negative(a) != format.negative(b);
        if (format.isInfinite(a)) {
            return format.isInfinite(b) ? invalid(format) : format.signed(negative, format.infinity);
        }
        if (format.isInfinite(b)) {
            return format.signed(negative, 0);
        }
        if (format.isZero(b)) {
            if (format.isZero(a)) {
                return invalid(format);
            }
            flags |= DIVIDE_BY_ZERO;
            return format.signed(negative, format.infinity);
        }
        if (format.isZero(a)) {
            return format.signed(negative, 0);
        }
        int exponent = format.exponent(a) - format.exponent(b);
        long rest = format.significand(a);
        long divisor = format.significand(b);
        if (rest < divisor) {
            rest <<= 1;
            exponent--;
        }
        int steps = format.fractionBits + 2;
        long quotient = 1;
        rest -= divisor;
        for (int i = 0; i < steps; i++) {
            rest <<= 1;
            quotient <<= 1;
            if (Long.compareUnsigned(rest, divisor) >= 0) {
                rest -= divisor;
                quotient |= 1;
            }
        }
        return round(format, negative, exponent, quotient << 62 - steps | sticky(rest), mode);
    }

    public long squareRoot(Format format, long a, int mode) {
        if (format.isNan(a)) {
            return nan(format, a, a);
        }
        if (format.isZero(a)) {
            return a;
        }
        if (format.negative(a)) {
            return invalid(format);
        }
        if (format.isInfinite(a)) {
            return a;
        }
        int exponent = format.exponent(a);
        long radicand = format.significand(a);
        if ((exponent & 1) != 0) {
            radicand <<= 1;
            exponent--;
        }
        int digits = format.fractionBits + 4;
        long root = 0;
        long rest = 0;
        for (int i = 0; i < digits; i++) {
            rest = rest << 2 | radicand >>> 62;
            radicand <<= 2;
            long trial = root << 2 | 1;
            root <<= 1;
            if (rest >= trial) {
                rest -= trial;
                root |= 1;
            }
        }
        return round(format, false, exponent >> 1, root << 63 - digits | sticky(rest), mode);
    }

    /** {@code a * b + c}, rounded once. */
    public long multiplyAdd(Format format, long a, long b, long c, int mode) {
        boolean negativeProduct = format.negative(a) != format.negative(b);
        boolean infiniteProduct = format.isInfinite(a) || format.isInfinite(b);
        boolean zeroProduct = format.isZero(a) || format.isZero(b);
        if (infiniteProduct && zeroProduct) {
            return invalid(format); // even if c is a quiet NaN (§20.6)
        }
        if (format.isNan(a) || format.isNan(b) || format.isNan(c)) {
            nan(format, a, b);
            return nan(format, c, c);
        }
        boolean negativeC = format.negative(c);
        if (infiniteProduct) {
            return format.isInfinite(c) && negativeC != negativeProduct
                    ? invalid(format)
                    : format.signed(negativeProduct, format.infinity);
        }
        if (format.isInfinite(c)) {
            return c;
        }
        if (zeroProduct) {
            return !format.isZero(c) || negativeC == negativeProduct ? c : format.signed(mode == DOWN, 0);
        }
        if (format.isZero(c)) {
            return multiply(format, a, b, mode);
        }
        return fuse(format, a, b, c, mode);
    }

    /** All finite and not zero. 128-bit numbers with their leading one at bit 125 are added as high and low halves. */
    private long fuse(Format format, long a, long b, long c, int mode) {
        long x = format.significand(a);
        long y = format.significand(b);
        long high = Math.multiplyHigh(x, y);
        long low = x * y;
        int exponent = format.exponent(a) + format.exponent(b) + 1;
        if (high >>> 61 == 0) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            exponent--;
        }
        boolean negative = format.negative(a) != format.negative(b);
        long otherHigh = format.significand(c) >>> 1;
        long otherLow = format.significand(c) << 63;
        int otherExponent = format.exponent(c);
        boolean otherNegative = format.negative(c);
        boolean swap = otherExponent > exponent
                || otherExponent == exponent
                        && (otherHigh > high || otherHigh == high && Long.compareUnsigned(otherLow, low) > 0);
        if (swap) {
            long t = high;
            high = otherHigh;
            otherHigh = t;
            t = low;
            low = otherLow;
            otherLow = t;
            int e = exponent;
            exponent = otherExponent;
            otherExponent = e;
            boolean n = negative;
            negative = otherNegative;
            otherNegative = n;
        }
        int distance = exponent - otherExponent;
        if (distance >= 64) {
            otherLow = shiftRightSticky(otherHigh, Math.min(distance - 64, 64)) | sticky(otherLow);
            otherHigh = 0;
        } else if (distance > 0) {
            long lost = otherLow << -distance;
            otherLow = otherLow >>> distance | otherHigh << -distance | sticky(lost);
            otherHigh >>>= distance;
        }
        if (negative == otherNegative) {
            long sum = low + otherLow;
            high += otherHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            low = sum;
        } else {
            high -= otherHigh + (Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0);
            low -= otherLow;
            if ((high | low) == 0) {
                return format.signed(mode == DOWN, 0);
            }
        }
        int zeros = high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(low);
        int shift = zeros - 1; // brings the leading one to bit 126
        if (shift >= 64) {
            high = low << shift - 64;
            low = 0;
        } else if (shift > 0) {
            high = high << shift | low >>> -shift;
            low <<= shift;
        }
        return round(format, negative, exponent + 1 - shift, high | sticky(low), mode);
    }

    // ---- comparisons, minimum and maximum ----

    public boolean equal(Format format, long a, long b) {
        if (format.isNan(a) || format.isNan(b)) {
            nan(format, a, b);
            return false;
        }
        return a == b || format.isZero(a) && format.isZero(b);
    }

    /** Signals for any NaN. */
    public boolean less(Format format, long a, long b, boolean orEqual) {
        if (format.isNan(a) || format.isNan(b)) {
            flags |= INVALID;
            return false;
        }
        if (format.isZero(a) && format.isZero(b)) {
            return orEqual;
        }
        return orEqual && a == b || ordered(format, a, b);
    }

    /** Strictly below in the total order of numbers, in which -0 is below +0. */
    private static boolean ordered(Format format, long a, long b) {
        boolean negativeA = format.negative(a);
        boolean negativeB = format.negative(b);
        if (negativeA != negativeB) {
            return negativeA;
        }
        long x = format.magnitude(a);
        long y = format.magnitude(b);
        return negativeA ? x > y : x < y;
    }

    public long minimum(Format format, long a, long b, boolean maximum) {
        if (format.isSignalingNan(a) || format.isSignalingNan(b)) {
            flags |= INVALID;
        }
        if (format.isNan(a)) {
            return format.isNan(b) ? format.canonicalNan : b;
        }
        if (format.isNan(b)) {
            return a;
        }
        return ordered(format, a, b) != maximum ? a : b;
    }

    /** The bit that FCLASS sets. */
    public static int classify(Format format, long a) {
        boolean negative = format.negative(a);
        if (format.isNan(a)) {
            return format.isSignalingNan(a) ? 1 << 8 : 1 << 9;
        }
        if (format.isInfinite(a)) {
            return negative ? 1 : 1 << 7;
        }
        if (format.isZero(a)) {
            return negative ? 1 << 3 : 1 << 4;
        }
        if (format.magnitude(a) <= format.fractionMask) {
            return negative ? 1 << 2 : 1 << 5;
        }
        return negative ? 1 << 1 : 1 << 6;
    }

    // ---- conversions ----

    /** From one format to the other. */
    public long convert(Format from, Format to, long a, int mode) {
        if (from.isNan(a)) {
            nan(from, a, a);
            return to.canonicalNan;
        }
        if (from.isInfinite(a)) {
            return to.signed(from.negative(a), to.infinity);
        }
        if (from.isZero(a)) {
            return to.signed(from.negative(a), 0);
        }
        return round(to, from.negative(a), from.exponent(a), from.significand(a), mode);
    }

    public long fromInteger(Format format, long value, boolean unsigned, int mode) {
        if (value == 0) {
            return 0;
        }
        boolean negative = !unsigned && value < 0;
        long magnitude = negative ? -value : value;
        int zeros = Long.numberOfLeadingZeros(magnitude);
        long significand = zeros == 0 ? shiftRightSticky(magnitude, 1) : magnitude << zeros - 1;
        return round(format, negative, 63 - zeros, significand, mode);
    }

    /** To an integer of 32 or 64 bits; out of range gives the nearest there is, and INVALID. */
    public long toInteger(Format format, long a, boolean unsigned, int bits, int mode) {
        boolean negative = format.negative(a) && !format.isNan(a);
        if (format.isNan(a) || format.isInfinite(a)) {
            return outOfRange(negative, unsigned, bits);
        }
        if (format.isZero(a)) {
            return 0;
        }
        int exponent = format.exponent(a);
        if (exponent > 63) {
            return outOfRange(negative, unsigned, bits);
        }
        long significand = format.significand(a);
        long magnitude;
        boolean inexact = false;
        if (exponent == 63) {
            magnitude = significand << 1;
        } else {
            int below = 62 - exponent;
            long rest;
            if (below > 62) {
                magnitude = 0;
                rest = below == 63 ? significand : 1; // half a unit is bit 62 of what lies below it
            } else {
                magnitude = significand >>> below;
                rest = below == 0 ? 0 : significand << 63 - below & Long.MAX_VALUE;
            }
            inexact = rest != 0;
            if (Rounding.increments(mode, negative, (magnitude & 1) != 0, rest, 1L << 62)) {
                magnitude++;
            }
        }
        long limit = unsigned ? negative ? 0 : bits == 32 ? 0xffff_ffffL : -1 : (1L << bits - 1) - (negative ? 0 : 1);
        if (Long.compareUnsigned(magnitude, limit) > 0) {
            return outOfRange(negative, unsigned, bits);
        }
        if (inexact) {
            flags |= INEXACT;
        }
        long value = negative ? -magnitude : magnitude;
        return bits == 32 ? (int) value : value;
    }

    private long outOfRange(boolean negative, boolean unsigned, int bits) {
        flags |= INVALID;
        if (unsigned) {
            return negative ? 0 : -1;
        }
        long least = -1L << bits - 1;
        return negative ? least : ~least;
    }
}
