package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.Tlb;

/**
 * Translated code of one hart in one memory context: some basic blocks of one page, entered at one of them. Made off
 * the machine thread, run on it. {@link #run} leaves the architectural state in the given registers exactly as the
 * interpreter would have after the same number of instructions.
 */
public abstract class Region {
    /** Where in the register array the next instruction's address is left, with {@link #MISSED} where that holds. */
    public static final int PC = 40;

    /**
     * Added to such an address, which is even: the TLB does not answer the load or store there, or it is not aligned.
     * That instruction was not executed.
     */
    public static final int MISSED = 1;

    /**
     * How often a region is entered before it may stay in its loops for as long as it likes. Until HotSpot has compiled
     * it, each round is slower than the interpreter's; what it compiled is used from the next entry on.
     */
    private static final int YOUNG = 50_000;

    /** What a young one may execute beyond its longest way, at each entry. */
    private static final long YOUNG_INSTRUCTIONS = 100;

    /** The memory context that it is bound to. */
    Tlb context;

    /** The same code for another context. */
    Region next;

    /** Where it begins. */
    HotBlock block;

    /**
     * What is hot in its page, as the directory has it: the same there means that its code still stands there. Its block
     * knows too, but is in no cache of the processor where one region follows the other.
     */
    HotBlock[] siblings;

    /** Index of the RAM page of that, and byte offset in it. */
    int page;

    int entry;

    /** Number of instructions on the longest way that does not look at what is left to execute. */
    long budget;

    /** Has floating-point instructions, which need FS on and a legal rounding mode. */
    boolean floats;

    /** Entries since the last sweep, halved by each: what is cold goes first. */
    long runs;

    // By which regions it was followed last, and where they began. A hint, which whoever follows it has to check.
    private Region lastFollower;
    private Region otherFollower;
    private long lastFollowerAt;
    private long otherFollowerAt;

    /** The region that followed when this one was left for this address lately, or null. */
    final Region follower(long pc) {
        return pc == lastFollowerAt ? lastFollower : pc == otherFollowerAt ? otherFollower : null;
    }

    /** Remembers that this region of the same context follows at this address. */
    final void followedBy(Region follower, long pc) {
        if (pc != lastFollowerAt) {
            otherFollower = lastFollower;
            otherFollowerAt = lastFollowerAt;
        }
        lastFollower = follower;
        lastFollowerAt = pc;
    }

    final void forgetFollowers() {
        lastFollower = null;
        otherFollower = null;
    }

    /** Counts an entry; returns how much of what is left this one is not to execute. */
    final long heldBack(long left) {
        return ++runs < YOUNG ? Math.max(0, left - budget - YOUNG_INSTRUCTIONS) : 0;
    }

    /** For whoever made the code; once, before it runs. */
    public final void describe(Tlb memoryContext, long longestPath, boolean hasFloats) {
        context = memoryContext;
        budget = longestPath;
        floats = hasFloats;
    }

    /**
     * Executes from the entry until the way leads out, or until less is left than the next round of a loop may need.
     *
     * @param x the hart's registers; read, brought up to date, {@link #PC} set
     * @param base virtual address of the page in which this code lies
     * @param left instructions that may be executed, at least {@link #budget}
     * @return instructions left; without meaning if {@link RegionRuntime#leave} is set
     */
    public abstract long run(long[] x, long base, long left);
}
