package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.Tlb;

/**
 * Decoded instructions that follow each other up to one that ends a block, the page's end, or {@link #MAX_COUNT}.
 * Everything in it is relative to its first byte, so one physical block serves every address it is mapped at.
 */
final class Block {
    /** Bounds the memory of one block; a longer run of code goes on in the next. */
    static final int MAX_COUNT = 32;

    final long[] code;

    /** Byte offset of each instruction; one more for the end of the block. */
    final short[] offset;

    final int count;
    final int lengthBytes;

    /** Value of {@link BlockCache#straddleEpoch} when this was decoded, if it reaches into a second page; else -1. */
    final long straddleEpoch;

    /** How often it was executed since it was decoded, or since its code was last judged. */
    int heat;

    /** What the hart had executed then. */
    long heatSince;

    /** Its heat was set back once because code in its page keeps changing. */
    boolean postponed;

    /** Translated code that begins here, for any number of memory contexts; null while there is none. */
    Region regions;

    /** Physical address of the second page, if this reaches into one. */
    final long secondPage;

    Block(long[] code, short[] offset, int count, long heatSince, long straddleEpoch, long secondPage) {
        this.code = code;
        this.offset = offset;
        this.count = count;
        this.heatSince = heatSince;
        this.lengthBytes = offset[count];
        this.straddleEpoch = straddleEpoch;
        this.secondPage = secondPage;
    }

    /** Translated code for this context, or null. */
    Region region(Tlb context) {
        Region region = regions;
        while (region != null && region.context != context) {
            region = region.next;
        }
        return region;
    }

    boolean straddles() {
        return straddleEpoch >= 0;
    }
}
