package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Decoder;
import org.kemari.emulator.cpu.Op;

/** The instructions of one page, decoded as they are asked for; addresses are offsets in the page. */
final class PageCode {
    static final int PAGE_BYTES = 4096;

    /** A site counts the instructions of a block in 8 bits. */
    static final int MAX_BLOCK = 200;

    private final byte[] page;

    PageCode(byte[] page) {
        this.page = page;
    }

    static boolean isBranch(int op) {
        return op >= Op.BEQ && op <= Op.BGEU;
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
        if (offset < 0 || offset >= PAGE_BYTES || next(offset) > PAGE_BYTES) {
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
