package org.kemari.emulator.translate;

/** Instructions of a region that are executed one after the other, and how they go on. */
final class BasicBlock {
    /** How a block ends. */
    enum End {
        /** With a conditional branch, to {@link #taken} or to the next instruction. */
        BRANCH,
        /** With a jump to {@link #taken}. */
        JUMP,
        /** With a jump to an address in a register, which may be one of {@link #targets}. */
        INDIRECT,
        /** Because another block begins, or because the region ends: goes on with the next instruction. */
        FALL
    }

    /** Page offset of the first instruction. */
    final int start;

    /** Decoded instructions, what is relative to pc being relative to the page. */
    final long[] words;

    /** Page offset of each instruction; one more for the end. */
    final int[] offsets;

    final End end;

    /** Page offset of the branch's or jump's target, which may lie outside the page. */
    final int taken;

    /** Page offsets of blocks to which a jump to an address in a register leads without leaving the region. */
    int[] targets = {};

    /** Number of instructions on the longest way from here that does not look at what is left. */
    int need;

    /** Position in reverse postorder: an edge to a block that is not later is one at which is looked. */
    int order = -1;

    BasicBlock(long[] words, int[] offsets, End end, int taken) {
        this.start = offsets[0];
        this.words = words;
        this.offsets = offsets;
        this.end = end;
        this.taken = taken;
    }

    int count() {
        return words.length;
    }

    /** Page offset behind the last instruction. */
    int next() {
        return offsets[words.length];
    }

    long last() {
        return words[words.length - 1];
    }

    boolean fallsThrough() {
        return end == End.BRANCH || end == End.FALL;
    }
}
