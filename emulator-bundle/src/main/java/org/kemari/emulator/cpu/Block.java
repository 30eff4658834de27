package org.kemari.emulator.cpu;

import java.util.BitSet;

/**
 * Decoded instructions that follow each other up to one that ends a block, the page's end, or {@link #MAX_COUNT}: an
 * array of a header and the instructions' words ({@link Op#pack}). Everything in it is relative to its first byte, so
 * one physical block serves every address it is mapped at.
 *
 * <pre>
 *  63            32 31       10  9  8 7      0
 * +----------------+-----------+--+--+--------+   length in bytes; T: translated code begins here, too;
 * |      heat      |   since   |E |T | length |   E: was executed to its end
 * +----------------+-----------+--+--+--------+
 * </pre>
 *
 * <p>An array and not an object, because what is executed once in a while is not in the processor's caches: each further
 * place in memory that it takes to enter a block costs more than the block's instructions.
 */
final class Block {
    /** Bounds the memory of one block; a longer run of code goes on in the next. */
    static final int MAX_COUNT = 32;

    /** Where the header is. */
    static final int HEADER = 0;

    /** Where the instructions begin. */
    static final int FIRST = 1;

    /** What one execution adds to a header. */
    static final long EXECUTION = 1L << 32;

    static final long TRANSLATED = 1L << 8;

    static final long ENDED = 1L << 9;

    /**
     * With none of these bits it is to be noted whether the end is reached: of 1,024 executions in 32 that follow each
     * other, so that the way out of a short loop is seen, and what a block hardly ever goes on to is not.
     */
    static final long LOOK_AT_END = ENDED | 0x3e0 * EXECUTION;

    private static final long LENGTH = (1L << 8) - 1;
    private static final int SINCE_SHIFT = 10;
    private static final long SINCE = (1L << 32) - (1L << SINCE_SHIFT);

    /** Of "since", in instructions: fine enough for a block that is executed some thousand times in between. */
    private static final int SINCE_UNIT_SHIFT = 16;

    private Block() {}

    /**
     * A block of the first {@code count} of these words.
     *
     * @param executed what the hart has executed
     */
    static long[] of(long[] words, int count, int lengthBytes, long executed) {
        long[] block = new long[FIRST + count];
        System.arraycopy(words, 0, block, FIRST, count);
        block[HEADER] = since(executed) | lengthBytes;
        return block;
    }

    static int lengthBytes(long header) {
        return (int) (header & LENGTH);
    }

    /** Byte offset of the instruction at this place, or of the block's end behind the last. */
    static int offset(long[] block, int place) {
        int offset = 0;
        for (int i = FIRST; i < place; i++) {
            offset += Op.lengthBytes(block[i]);
        }
        return offset;
    }

    /** How often it was executed since it was decoded, or since its code was last judged. */
    static int heat(long header) {
        return (int) (header >> 32);
    }

    /** Counts on from here. */
    static void heat(long[] block, int heat) {
        block[HEADER] = (long) heat << 32 | block[HEADER] & ~(-1L << 32);
    }

    /**
     * Begins a new count. Returns how much the hart executed for each time that this was executed, since the last count
     * began; rounded down, as far as "since" can tell.
     */
    static long cool(long[] block, long executed) {
        long header = block[HEADER];
        long now = since(executed);
        block[HEADER] = now | header & (ENDED | TRANSLATED | LENGTH);
        long units = (now - (header & SINCE) & SINCE) >>> SINCE_SHIFT;
        return Math.max(0, units - 1 << SINCE_UNIT_SHIFT) / heat(header);
    }

    /** Modulo what the field holds. */
    private static long since(long executed) {
        return executed >>> SINCE_UNIT_SHIFT << SINCE_SHIFT & SINCE;
    }

    /** Marks where a block, which begins at {@code start}, went on behind its branches. */
    static void markPassed(long[] block, int start, BitSet behind) {
        if ((block[HEADER] & ENDED) == 0) {
            return;
        }
        int at = start;
        for (int i = FIRST; i < block.length; i++) {
            at += Op.lengthBytes(block[i]);
            if (Op.isBranch(Op.op(block[i]))) {
                behind.set(at);
            }
        }
    }

    static void translated(long[] block, boolean translated) {
        block[HEADER] = translated ? block[HEADER] | TRANSLATED : block[HEADER] & ~TRANSLATED;
    }
}
