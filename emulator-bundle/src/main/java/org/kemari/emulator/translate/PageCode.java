package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Decoder;
import org.kemari.emulator.cpu.Op;

/** The instructions of one page, decoded as they are asked for; addresses are offsets in the page. */
final class PageCode {
    static final int PAGE_BYTES = 4096;

    /** A site counts the instructions of a block in 8 bits. */
    static final int MAX_BLOCK = 200;

    /** x1: where a function returns to. */
    private static final int LINK = 1;

    private final byte[] page;

    PageCode(byte[] page) {
        this.page = page;
    }

    static boolean isJump(long word) {
        return Op.op(word) == Op.JAL && Op.rd(word) == Op.SINK;
    }

    static boolean isCall(long word) {
        return Op.op(word) == Op.JAL && Op.rd(word) == LINK;
    }

    static boolean isReturn(long word) {
        return Op.op(word) == Op.JALR && Op.rd(word) == Op.SINK && ((int) word >>> 14 & 63) == LINK && word >> 32 == 0;
    }

    /** True of a jump through a register that is neither call nor return. */
    static boolean isComputedJump(long word) {
        return Op.op(word) == Op.JALR && Op.rd(word) == Op.SINK && !isReturn(word);
    }

    /** Page offset to which a branch, jump or call leads, which may lie outside the page. */
    static int target(long word) {
        return (int) (word >> 32);
    }

    static boolean contains(int offset) {
        return offset >= 0 && offset < PAGE_BYTES;
    }

    private int half(int offset) {
        return page[offset] & 0xff | (page[offset + 1] & 0xff) << 8;
    }

    private boolean wide(int offset) {
        return (half(offset) & 3) == 3;
    }

    int next(int offset) {
        return offset + (wide(offset) ? 4 : 2);
    }

    /** The instruction as it stands, which must not cross the page's end. */
    int raw(int offset) {
        return wide(offset) ? half(offset) | half(offset + 2) << 16 : half(offset);
    }

    /** Decoded, what is relative to pc being relative to the page. */
    long word(int offset) {
        return Decoder.decodeAny(raw(offset), wide(offset), offset);
    }

    /** True if all of an instruction lies at this offset and a region can hold it. */
    boolean translatable(int offset) {
        if (!contains(offset) || next(offset) > PAGE_BYTES) {
            return false;
        }
        long word = word(offset);
        return switch (Op.op(word)) {
            case Op.SYSTEM -> CsrEmitter.handles((int) (word >> 32));
            case Op.ILLEGAL -> false;
            case Op.RARE -> AtomicEmitter.handles((int) (word >> 32)) || FloatEmitter.handles((int) (word >> 32));
            default -> true;
        };
    }
}
