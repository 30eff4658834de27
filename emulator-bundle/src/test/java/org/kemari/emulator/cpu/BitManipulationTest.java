package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

/** Instruction words executed by a hart, against the specification's pseudo-code written out bit by bit. */
class BitManipulationTest {
    private static final long SEED = 28;
    private static final long WORD = 0xffff_ffffL;
    private static final long[] EDGES = {
        0,
        1,
        2,
        31,
        32,
        63,
        64,
        0x7f,
        0x80,
        0xff,
        0xffff,
        WORD,
        1L << 31,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        0x0123_4567_89ab_cdefL,
        0x8000_0000_8000_0000L,
        0x00ff_0100_8001_0010L
    };

    private final BareBoard board = new BareBoard(1 << 20, 1);
    private final Hart hart = board.hart();
    private final Random random = new Random(SEED);

    /** One instruction with rd x12, rs1 x10 and, where it has one, rs2 x11. */
    private record Case(String name, int word, LongBinaryOperator meaning) {}

    private static Case register(String name, int opcode, int funct7, int funct3, LongBinaryOperator meaning) {
        return new Case(name, Assembler.r(opcode, funct3, funct7, 12, 10, 11), meaning);
    }

    private static Case immediate(String name, int opcode, int funct3, int immediate, LongBinaryOperator meaning) {
        return new Case(name, Assembler.i(opcode, funct3, 12, 10, immediate), meaning);
    }

    private void check(List<Case> cases) {
        for (Case each : cases) {
            for (long a : EDGES) {
                for (long b : EDGES) {
                    check(each, a, b);
                }
            }
            for (int i = 0; i < 200; i++) {
                check(each, random.nextLong(), random.nextLong());
            }
        }
    }

    private void check(Case each, long a, long b) {
        new Assembler().raw(each.word()).store(board.ram, 0x8000_0000L);
        hart.reset(0x8000_0000L, PrivilegeMode.MACHINE, a, b);
        hart.run(1);
        assertEquals(0x8000_0004L, hart.pc(), each.name() + " trapped");
        assertEquals(
                each.meaning().applyAsLong(a, b),
                hart.x(12),
                () -> each.name() + " a=" + Long.toHexString(a) + " b=" + Long.toHexString(b) + " seed=" + SEED);
    }

    private static int bit(long value, int index) {
        return (int) (value >>> index) & 1;
    }

    private static long leadingZeros(long a, int width) {
        for (int i = width - 1; i >= 0; i--) {
            if (bit(a, i) == 1) {
                return width - 1 - i;
            }
        }
        return width;
    }

    private static long trailingZeros(long a, int width) {
        for (int i = 0; i < width; i++) {
            if (bit(a, i) == 1) {
                return i;
            }
        }
        return width;
    }

    private static long ones(long a, int width) {
        long count = 0;
        for (int i = 0; i < width; i++) {
            count += bit(a, i);
        }
        return count;
    }

    private static long rotateRight(long a, long by, int width) {
        long result = 0;
        for (int i = 0; i < width; i++) {
            result |= (long) bit(a, (i + (int) by & width - 1) & width - 1) << i;
        }
        return width == 32 ? (int) result : result;
    }

    /** Bit {@code from} and up of the 127-bit product without carries. */
    private static long carryless(long a, long b, int from) {
        long result = 0;
        for (int i = 0; i < 64; i++) {
            int parity = 0;
            for (int j = 0; j < 64; j++) {
                int other = i + from - j;
                parity ^= other >= 0 && other < 64 ? bit(b, j) & bit(a, other) : 0;
            }
            result |= (long) parity << i;
        }
        return result;
    }

    private static long bytes(long a, java.util.function.IntUnaryOperator change) {
        long result = 0;
        for (int i = 0; i < 64; i += 8) {
            result |= (change.applyAsInt((int) (a >>> i) & 0xff) & 0xffL) << i;
        }
        return result;
    }

    private static long permute(long a, long b, int bits) {
        long result = 0;
        for (int i = 0; i < 64 / bits; i++) {
            int index = (int) (b >>> i * bits) & (1 << bits) - 1;
            long element = index >= 64 / bits ? 0 : a >>> index * bits & (1 << bits) - 1;
            result |= element << i * bits;
        }
        return result;
    }

    @Test
    void addressGeneration() {
        check(List.of(
                register("add.uw", 0x3b, 4, 0, (a, b) -> (a & WORD) + b),
                register("sh1add", 0x33, 16, 2, (a, b) -> 2 * a + b),
                register("sh2add", 0x33, 16, 4, (a, b) -> 4 * a + b),
                register("sh3add", 0x33, 16, 6, (a, b) -> 8 * a + b),
                register("sh1add.uw", 0x3b, 16, 2, (a, b) -> 2 * (a & WORD) + b),
                register("sh2add.uw", 0x3b, 16, 4, (a, b) -> 4 * (a & WORD) + b),
                register("sh3add.uw", 0x3b, 16, 6, (a, b) -> 8 * (a & WORD) + b),
                immediate("slli.uw 0", 0x1b, 1, 0x080, (a, b) -> a & WORD),
                immediate("slli.uw 63", 0x1b, 1, 0x0bf, (a, b) -> a << 63)));
    }

    @Test
    void logicAndCounting() {
        check(List.of(
                register("andn", 0x33, 0x20, 7, (a, b) -> a & (b ^ -1)),
                register("orn", 0x33, 0x20, 6, (a, b) -> a | (b ^ -1)),
                register("xnor", 0x33, 0x20, 4, (a, b) -> a ^ b ^ -1),
                immediate("clz", 0x13, 1, 0x600, (a, b) -> leadingZeros(a, 64)),
                immediate("ctz", 0x13, 1, 0x601, (a, b) -> trailingZeros(a, 64)),
                immediate("cpop", 0x13, 1, 0x602, (a, b) -> ones(a, 64)),
                immediate("clzw", 0x1b, 1, 0x600, (a, b) -> leadingZeros(a, 32)),
                immediate("ctzw", 0x1b, 1, 0x601, (a, b) -> trailingZeros(a, 32)),
                immediate("cpopw", 0x1b, 1, 0x602, (a, b) -> ones(a, 32)),
                register("min", 0x33, 5, 4, (a, b) -> a < b ? a : b),
                register("minu", 0x33, 5, 5, (a, b) -> a + Long.MIN_VALUE < b + Long.MIN_VALUE ? a : b),
                register("max", 0x33, 5, 6, (a, b) -> a < b ? b : a),
                register("maxu", 0x33, 5, 7, (a, b) -> a + Long.MIN_VALUE < b + Long.MIN_VALUE ? b : a),
                immediate("sext.b", 0x13, 1, 0x604, (a, b) -> a << 56 >> 56),
                immediate("sext.h", 0x13, 1, 0x605, (a, b) -> a << 48 >> 48),
                new Case("zext.h", Assembler.r(0x3b, 4, 4, 12, 10, 0), (a, b) -> a & 0xffff)));
    }

    @Test
    void rotationsAndBytes() {
        check(List.of(
                register("rol", 0x33, 0x30, 1, (a, b) -> rotateRight(a, 64 - (b & 63), 64)),
                register("ror", 0x33, 0x30, 5, (a, b) -> rotateRight(a, b & 63, 64)),
                register("rolw", 0x3b, 0x30, 1, (a, b) -> rotateRight(a, 32 - (b & 31), 32)),
                register("rorw", 0x3b, 0x30, 5, (a, b) -> rotateRight(a, b & 31, 32)),
                immediate("rori 0", 0x13, 5, 0x600, (a, b) -> a),
                immediate("rori 37", 0x13, 5, 0x625, (a, b) -> rotateRight(a, 37, 64)),
                immediate("roriw 31", 0x1b, 5, 0x61f, (a, b) -> rotateRight(a, 31, 32)),
                immediate("orc.b", 0x13, 5, 0x287, (a, b) -> bytes(a, each -> each == 0 ? 0 : 0xff)),
                immediate("rev8", 0x13, 5, 0x6b8, (a, b) -> permute(a, 0x0001_0203_0405_0607L, 8)),
                immediate("brev8", 0x13, 5, 0x687, (a, b) -> bytes(a, each -> Integer.reverse(each) >>> 24)),
                register("pack", 0x33, 4, 4, (a, b) -> a << 32 >>> 32 | b << 32),
                register("packh", 0x33, 4, 7, (a, b) -> a & 0xff | b << 56 >>> 48),
                register("packw", 0x3b, 4, 4, (a, b) -> (int) (a & 0xffff) | b << 48 >> 32),
                register("xperm4", 0x33, 0x14, 2, (a, b) -> permute(a, b, 4)),
                register("xperm8", 0x33, 0x14, 4, (a, b) -> permute(a, b, 8))));
    }

    @Test
    void carrylessProducts() {
        check(List.of(
                register("clmul", 0x33, 5, 1, (a, b) -> carryless(a, b, 0)),
                register("clmulr", 0x33, 5, 2, (a, b) -> carryless(a, b, 63)),
                register("clmulh", 0x33, 5, 3, (a, b) -> carryless(a, b, 64))));
    }

    @Test
    void singleBitsAndConditionalZero() {
        check(List.of(
                register("bclr", 0x33, 0x24, 1, (a, b) -> a & ~(1L << (b & 63))),
                register("bext", 0x33, 0x24, 5, (a, b) -> bit(a, (int) b & 63)),
                register("binv", 0x33, 0x34, 1, (a, b) -> a ^ 1L << (b & 63)),
                register("bset", 0x33, 0x14, 1, (a, b) -> a | 1L << (b & 63)),
                immediate("bclri 63", 0x13, 1, 0x4bf, (a, b) -> a & Long.MAX_VALUE),
                immediate("bexti 63", 0x13, 5, 0x4bf, (a, b) -> a < 0 ? 1 : 0),
                immediate("binvi 32", 0x13, 1, 0x6a0, (a, b) -> a ^ 1L << 32),
                immediate("bseti 31", 0x13, 1, 0x29f, (a, b) -> a | 1L << 31),
                register("czero.eqz", 0x33, 7, 5, (a, b) -> b == 0 ? 0 : a),
                register("czero.nez", 0x33, 7, 7, (a, b) -> b == 0 ? a : 0)));
    }

    @Test
    void neighbouringEncodingsStayIllegal() {
        int[] words = {
            Assembler.i(0x13, 1, 12, 10, 0x603),
            Assembler.i(0x13, 1, 12, 10, 0x606),
            Assembler.i(0x13, 5, 12, 10, 0x286),
            Assembler.i(0x13, 5, 12, 10, 0x698), // rev8 of RV32
            Assembler.i(0x1b, 1, 12, 10, 0x603),
            Assembler.i(0x1b, 5, 12, 10, 0x620), // roriw by 32
            Assembler.r(0x33, 5, 4, 12, 10, 11),
            Assembler.r(0x33, 0, 0x20 | 1, 12, 10, 11),
            Assembler.r(0x3b, 7, 4, 12, 10, 11),
            Assembler.r(0x33, 6, 7, 12, 10, 11)
        };
        for (int word : words) {
            assertEquals(Op.ILLEGAL, Op.op(Decoder.decode(word, 0)), Integer.toHexString(word));
        }
    }
}
