package org.kemari.emulator.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the host's arithmetic, which is exact for round-to-nearest, and against exact decimals for the rest. */
class SoftFloatTest {
    private static final long SEED = 754;
    private static final int ROUNDS = 40_000;

    private final SoftFloat soft = new SoftFloat();
    private final Random random = new Random(SEED);

    /** Numbers that meet: near exponents, few bits, specials. */
    private double number() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(64) - 32;
            case 1 -> Double.longBitsToDouble(random.nextLong());
            case 2 -> Double.longBitsToDouble(random.nextLong() & 0x800f_ffff_ffff_ffffL);
            case 3 ->
                new double[] {0.0, -0.0, Double.POSITIVE_INFINITY, Double.NaN, Double.MIN_NORMAL, Double.MAX_VALUE}
                        [random.nextInt(6)];
            default ->
                Double.longBitsToDouble(
                        random.nextLong() & 0x800f_ffff_ffff_ffffL | (long) (1023 - 4 + random.nextInt(8)) << 52);
        };
    }

    private static long bits(double value) {
        return Double.doubleToLongBits(value);
    }

    private static void same(double expected, long actual, double a, double b) {
        assertEquals(bits(expected), actual, () -> "seed=" + SEED + " a=" + a + " b=" + b);
    }

    @Test
    void doublesRoundToNearestAsTheHostDoes() {
        for (int i = 0; i < ROUNDS; i++) {
            double a = number();
            double b = number();
            double c = number();
            long x = bits(a);
            long y = bits(b);
            same(a + b, soft.add(Format.DOUBLE, x, y, Rounding.NEAREST_EVEN), a, b);
            same(a * b, soft.multiply(Format.DOUBLE, x, y, Rounding.NEAREST_EVEN), a, b);
            same(a / b, soft.divide(Format.DOUBLE, x, y, Rounding.NEAREST_EVEN), a, b);
            same(Math.sqrt(a), soft.squareRoot(Format.DOUBLE, x, Rounding.NEAREST_EVEN), a, 0);
            same(Math.fma(a, b, c), soft.multiplyAdd(Format.DOUBLE, x, y, bits(c), Rounding.NEAREST_EVEN), a, b);
        }
    }

    @Test
    void singlesRoundToNearestAsTheHostDoes() {
        for (int i = 0; i < ROUNDS; i++) {
            float a = (float) number();
            float b = (float) number();
            long x = Float.floatToIntBits(a) & 0xffff_ffffL;
            long y = Float.floatToIntBits(b) & 0xffff_ffffL;
            sameSingle(a + b, soft.add(Format.SINGLE, x, y, Rounding.NEAREST_EVEN));
            sameSingle(a * b, soft.multiply(Format.SINGLE, x, y, Rounding.NEAREST_EVEN));
            sameSingle(a / b, soft.divide(Format.SINGLE, x, y, Rounding.NEAREST_EVEN));
            sameSingle((float) Math.sqrt(a), soft.squareRoot(Format.SINGLE, x, Rounding.NEAREST_EVEN));
            double d = number();
            sameSingle((float) d, soft.convert(Format.DOUBLE, Format.SINGLE, bits(d), Rounding.NEAREST_EVEN));
        }
    }

    private static void sameSingle(float expected, long actual) {
        assertEquals(Float.floatToIntBits(expected) & 0xffff_ffffL, actual);
    }

    /** For every mode: the result is the neighbour of the exact sum or product that the mode asks for. */
    @Test
    void directedModesEncloseTheExactResult() {
        for (int i = 0; i < ROUNDS / 4; i++) {
            double a = Math.scalb(random.nextDouble() - 0.5, random.nextInt(20));
            double b = Math.scalb(random.nextDouble() - 0.5, random.nextInt(20));
            double c = Math.scalb(random.nextDouble() - 0.5, random.nextInt(20));
            BigDecimal exact =
                    new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c), MathContext.UNLIMITED);
            double down = fused(a, b, c, Rounding.DOWN);
            double up = fused(a, b, c, Rounding.UP);
            double zero = fused(a, b, c, Rounding.TOWARDS_ZERO);
            double away = fused(a, b, c, Rounding.NEAREST_MAX_MAGNITUDE);
            soft.clearFlags();
            fused(a, b, c, Rounding.NEAREST_EVEN);
            boolean inexact = soft.flags() != 0;
            assertEquals(inexact ? -1 : 0, new BigDecimal(down).compareTo(exact), "seed=" + SEED);
            assertEquals(inexact ? 1 : 0, new BigDecimal(up).compareTo(exact), "seed=" + SEED);
            assertEquals(inexact ? Math.nextUp(down) : down, up);
            assertEquals(exact.signum() < 0 ? up : down, zero);
            BigDecimal middle = new BigDecimal(down).add(new BigDecimal(up));
            int side = exact.add(exact).compareTo(middle);
            assertEquals(side < 0 || side == 0 && exact.signum() < 0 ? down : up, away);
        }
    }

    private double fused(double a, double b, double c, int mode) {
        return Double.longBitsToDouble(soft.multiplyAdd(Format.DOUBLE, bits(a), bits(b), bits(c), mode));
    }

    @Test
    void flagsOfTheCornerCases() {
        long least = 1;
        soft.clearFlags();
        soft.divide(Format.DOUBLE, bits(1), bits(0), Rounding.NEAREST_EVEN);
        assertEquals(Rounding.DIVIDE_BY_ZERO, soft.flags());
        soft.clearFlags();
        soft.multiply(Format.DOUBLE, bits(Double.MAX_VALUE), bits(2), Rounding.TOWARDS_ZERO);
        assertEquals(Rounding.OVERFLOW | Rounding.INEXACT, soft.flags());
        soft.clearFlags();
        assertEquals(0, soft.multiply(Format.DOUBLE, least, bits(0.5), Rounding.NEAREST_EVEN));
        assertEquals(Rounding.UNDERFLOW | Rounding.INEXACT, soft.flags());
        soft.clearFlags();
        // Just below the least normal: with an unbounded exponent it would be exact and stay below, so it is tiny.
        soft.multiply(Format.DOUBLE, bits(Double.MIN_NORMAL), bits(Math.nextDown(1.0)), Rounding.UP);
        assertEquals(Rounding.UNDERFLOW | Rounding.INEXACT, soft.flags());
        soft.clearFlags();
        soft.multiplyAdd(Format.DOUBLE, bits(0), bits(Double.POSITIVE_INFINITY), bits(Double.NaN), 0);
        assertEquals(Rounding.INVALID, soft.flags());
        soft.clearFlags();
        assertEquals(-1, soft.toInteger(Format.DOUBLE, bits(1e30), true, 64, 0));
        assertEquals(Rounding.INVALID, soft.flags());
        soft.clearFlags();
        assertEquals(3, soft.toInteger(Format.DOUBLE, bits(2.5), false, 32, Rounding.NEAREST_MAX_MAGNITUDE));
        assertEquals(2, soft.toInteger(Format.DOUBLE, bits(2.5), false, 32, Rounding.NEAREST_EVEN));
        assertEquals(Rounding.INEXACT, soft.flags());
    }
}
