package org.kemari.emulator.cpu;

/**
 * Of a new region: whether HotSpot has compiled it, told by how long its entries take. Until then it is several times
 * as slow as the interpreter, and while HotSpot's queue is long that lasts: so the interpreter has most of its
 * executions. Which tier executes what is all that hangs on the time. Machine thread.
 */
final class Probation {
    /** So many make HotSpot queue it. */
    private static final int ENTRIES = 64;

    /** Executions that are left to the interpreter at most before the region is tried again. */
    private static final int MAX_REST = 256;

    /** HotSpot's interpreter takes longer, what its compilers make does not. */
    private static final long ENTRY_NANOS = 150;

    private static final long INSTRUCTION_NANOS = 8;

    private int entries;
    private int resting;
    private int rest = 1;

    /** True if this execution is the interpreter's. */
    boolean rests() {
        if (resting == 0) {
            return false;
        }
        resting--;
        return true;
    }

    /** Judges an entry by its time; true if the region is compiled. */
    boolean passed(long nanos, long instructions) {
        if (nanos <= ENTRY_NANOS + INSTRUCTION_NANOS * instructions) {
            return true;
        }
        if (++entries > ENTRIES) {
            resting = rest;
            rest = Math.min(2 * rest, MAX_REST);
        }
        return false;
    }
}
