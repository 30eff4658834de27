package org.kemari.emulator.fpu;

/** One of three binary interchange formats. Values are bit patterns in the low bits of a long. */
public final class Format {
    public static final Format HALF = new Format(5, 10);
    public static final Format SINGLE = new Format(8, 23);
    public static final Format DOUBLE = new Format(11, 52);

    final int fractionBits;
    final int bias;

    /** Exponent field of infinities and NaNs. */
    final int specialExponent;

    final int signBit;
    final long fractionMask;
    final long infinity;
    final long quietBit;
    final long canonicalNan;

    /** What lies above the value in a 64-bit register: all ones (unprivileged specification §21.2). */
    private final long box;

    private Format(int exponentBits, int fractionBits) {
        this.fractionBits = fractionBits;
        bias = (1 << exponentBits - 1) - 1;
        specialExponent = (1 << exponentBits) - 1;
        signBit = exponentBits + fractionBits;
        fractionMask = (1L << fractionBits) - 1;
        infinity = (long) specialExponent << fractionBits;
        quietBit = 1L << fractionBits - 1;
        canonicalNan = infinity | quietBit;
        box = signBit == 63 ? 0 : -1L << signBit + 1;
    }

    /** A register's value in this format: one that is not NaN-boxed counts as NaN. */
    public long unbox(long register) {
        return (register & box) == box ? register & ~box : canonicalNan;
    }

    public long box(long value) {
        return value | box;
    }

    boolean negative(long bits) {
        return (bits >>> signBit & 1) != 0;
    }

    long magnitude(long bits) {
        return bits & (1L << signBit) - 1;
    }

    long signed(boolean negative, long magnitude) {
        return negative ? magnitude | 1L << signBit : magnitude;
    }

    boolean isNan(long bits) {
        return magnitude(bits) > infinity;
    }

    boolean isSignalingNan(long bits) {
        return isNan(bits) && (bits & quietBit) == 0;
    }

    boolean isInfinite(long bits) {
        return magnitude(bits) == infinity;
    }

    boolean isZero(long bits) {
        return magnitude(bits) == 0;
    }

    /** Exponent of a finite value other than zero, normalised: the value is 1.x times two to that. */
    int exponent(long bits) {
        int field = (int) (magnitude(bits) >>> fractionBits);
        return field != 0 ? field - bias : 64 - Long.numberOfLeadingZeros(bits & fractionMask) - fractionBits - bias;
    }

    /** Significand of a finite value other than zero, with its leading one at bit 62. */
    long significand(long bits) {
        long fraction = bits & fractionMask;
        if (magnitude(bits) >>> fractionBits != 0) {
            return (fraction | 1L << fractionBits) << 62 - fractionBits;
        }
        return fraction << Long.numberOfLeadingZeros(fraction) - 1;
    }
}
