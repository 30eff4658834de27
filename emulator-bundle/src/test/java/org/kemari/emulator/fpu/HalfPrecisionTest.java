package org.kemari.emulator.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Half precision against a table of all its values: the nearest is looked up, not computed. */
class HalfPrecisionTest {
    private static final long SEED = 16;
    private static final int INFINITY = 0x7c00;
    private static final int NAN = 0x7e00;

    private final SoftFloat soft = new SoftFloat();
    private final Random random = new Random(SEED);

    /** What the bits of a finite half say. */
    private static double value(long half) {
        int exponent = (int) (half >>> 10) & 31;
        double fraction = half & 0x3ff;
        double magnitude = exponent == 0 ? Math.scalb(fraction, -24) : Math.scalb(fraction + 1024, exponent - 25);
        return (half & 0x8000) != 0 ? -magnitude : magnitude;
    }

    /** The half that an exact result rounds to, to nearest with ties to even. */
    private static long nearest(double exact) {
        if (Double.isNaN(exact)) {
            return NAN;
        }
        long sign = Double.doubleToRawLongBits(exact) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(exact);
        if (magnitude >= 65520) {
            return sign | INFINITY;
        }
        int low = 0;
        int high = INFINITY - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (value(middle) <= magnitude) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        double below = magnitude - value(low);
        double above = (low == INFINITY - 1 ? 65536 : value(low + 1)) - magnitude;
        return sign | (below < above || below == above && (low & 1) == 0 ? low : low + 1);
    }

    private static double widened(long half) {
        if ((half & 0x7fff) > INFINITY) {
            return Double.NaN;
        }
        if ((half & 0x7fff) == INFINITY) {
            return (half & 0x8000) != 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return value(half);
    }

    @Test
    void everyHalfWidensExactlyAndComesBack() {
        for (int half = 0; half < 0x10000; half++) {
            double wide = widened(half);
            long single = soft.convert(Format.HALF, Format.SINGLE, half, Rounding.NEAREST_EVEN);
            assertEquals(Float.floatToIntBits((float) wide) & 0xffff_ffffL, single);
            long twice = soft.convert(Format.HALF, Format.DOUBLE, half, Rounding.NEAREST_EVEN);
            assertEquals(Double.doubleToLongBits(wide), twice);
            long back = (half & 0x7fff) > INFINITY ? NAN : half;
            assertEquals(back, soft.convert(Format.SINGLE, Format.HALF, single, Rounding.NEAREST_EVEN));
            assertEquals(back, soft.convert(Format.DOUBLE, Format.HALF, twice, Rounding.NEAREST_EVEN));
        }
    }

    /** Sums and products of halves are exact in double precision; quotients and roots have no ties there. */
    @Test
    void resultsAreTheNearestOfAllHalves() {
        for (int i = 0; i < 200_000; i++) {
            long a = random.nextInt(0x10000);
            long b = random.nextInt(0x10000);
            double x = widened(a);
            double y = widened(b);
            same(nearest(x + y), soft.add(Format.HALF, a, b, 0), a, b);
            same(nearest(x * y), soft.multiply(Format.HALF, a, b, 0), a, b);
            same(nearest(x / y), soft.divide(Format.HALF, a, b, 0), a, b);
            same(nearest(Math.sqrt(x)), soft.squareRoot(Format.HALF, a, 0), a, 0);
        }
    }

    private static void same(long expected, long actual, long a, long b) {
        assertEquals(
                expected, actual, () -> "seed=" + SEED + " a=" + Long.toHexString(a) + " b=" + Long.toHexString(b));
    }

    @Test
    void overflowUnderflowAndIntegers() {
        soft.clearFlags();
        assertEquals(INFINITY, soft.fromInteger(Format.HALF, 65520, false, Rounding.NEAREST_EVEN));
        assertEquals(Rounding.OVERFLOW | Rounding.INEXACT, soft.flags());
        soft.clearFlags();
        assertEquals(INFINITY - 1, soft.fromInteger(Format.HALF, 1L << 62, true, Rounding.TOWARDS_ZERO));
        assertEquals(Rounding.OVERFLOW | Rounding.INEXACT, soft.flags());
        soft.clearFlags();
        assertEquals(1, soft.multiply(Format.HALF, 1, 0x3800, Rounding.UP)); // half the least there is
        assertEquals(Rounding.UNDERFLOW | Rounding.INEXACT, soft.flags());
        soft.clearFlags();
        assertEquals(65504, soft.toInteger(Format.HALF, INFINITY - 1, false, 32, Rounding.NEAREST_EVEN));
        assertEquals(0, soft.flags());
        assertEquals(-1, soft.toInteger(Format.HALF, INFINITY, true, 64, Rounding.NEAREST_EVEN));
        assertEquals(Rounding.INVALID, soft.flags());
    }

    @Test
    void aRegisterThatIsNotBoxedIsNan() {
        assertEquals(0x3c00, Format.HALF.unbox(Format.HALF.box(0x3c00)));
        assertEquals(NAN, Format.HALF.unbox(Format.SINGLE.box(0x3f80_0000L)));
        assertEquals(0x3c00, Format.HALF.unbox(0xffff_ffff_ffff_3c00L));
        assertEquals(0x7fc0_0000L, Format.SINGLE.unbox(0xffff_0000_3f80_0000L));
        assertEquals(-5, Format.DOUBLE.unbox(Format.DOUBLE.box(-5)));
    }
}
