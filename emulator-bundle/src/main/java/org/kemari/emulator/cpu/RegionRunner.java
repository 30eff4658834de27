package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.Tlb;

/**
 * Runs translated code, region by region, as long as there is some. A region remembers by which regions it was followed:
 * a path through a kernel leaves its region every twenty instructions, and what finds the next one by its address lies in
 * as many places in memory as the region itself, most of them in no cache of the processor.
 */
final class RegionRunner {
    private final HartState state;
    private final BlockCache blocks;
    private final RegionRuntime runtime;
    private final Traps traps;

    // The current context's tables.
    private Tlb context;
    private long[] codeTag;
    private long[][][] codeTables;
    private HotBlock[][] hotTables;

    /** Instructions executed in regions. */
    private long translatedInstructions;

    RegionRunner(HartState state, BlockCache blocks, RegionRuntime runtime, Traps traps) {
        this.state = state;
        this.blocks = blocks;
        this.runtime = runtime;
        this.traps = traps;
    }

    long translatedInstructions() {
        return translatedInstructions;
    }

    /** Mode, SUM or MPRV changed. */
    void contextChanged(Tlb tlb) {
        context = tlb;
        codeTag = blocks.directoryTags(state.mode);
        codeTables = blocks.directory(state.mode);
        hotTables = blocks.hotDirectory(state.mode);
    }

    /**
     * Runs what begins at {@code start}. Returns how many instructions are left, with {@code state.pc} up to date; the
     * same number as before if none was executed.
     *
     * @param x the hart's registers
     * @param before how many are left
     * @param end what the hart will have executed when none is left
     */
    long run(long[] x, long start, long before, long end) {
        final long[] codeTag = this.codeTag;
        final HotBlock[][] hotTables = this.hotTables;
        final RegionRuntime runtime = this.runtime;
        long pc = start;
        long left = before;
        Region region = find(start);
        while (region != null && region.budget <= left && (!region.floats || runtime.floatUsable())) {
            long held = region.heldBack(left);
            runtime.begin(end - held);
            long rest = region.run(x, pc & -4096, left - held);
            if (runtime.leave) {
                left = leave(pc & -4096, end, held, x);
                pc = state.pc;
                break;
            }
            left = rest + held;
            long next = x[Region.PC];
            pc = next & ~Region.MISSED;
            if (pc != next) {
                uncounted(pc);
                break;
            }
            int slot = slot(pc);
            Region follower = region.follower(pc);
            // A page that left the directory, for whatever reason, is fetched anew here where the interpreter would.
            if (follower == null || codeTag[slot] != pc >>> 12 || hotTables[slot] != follower.siblings) {
                follower = find(pc);
                if (follower != null) {
                    region.followedBy(follower, pc);
                }
            }
            region = follower;
        }
        state.pc = pc;
        translatedInstructions += before - left;
        return left;
    }

    private static int slot(long pc) {
        return (int) (pc >>> 12) & BlockCache.DIRECTORY_MASK;
    }

    /** The region of the current context that begins there, if what finds it is at hand; else null. */
    private Region find(long pc) {
        int slot = slot(pc);
        HotBlock[] table = codeTag[slot] == pc >>> 12 ? hotTables[slot] : null;
        HotBlock block = table == null ? null : table[(int) pc >>> 1 & DecodedPage.MASK];
        return block == null ? null : block.region(context);
    }

    /**
     * What begins where regions are left for want of a TLB entry is not to become hot by that: a region there would be
     * left again at once.
     */
    private void uncounted(long pc) {
        int slot = slot(pc);
        long[] code = codeTag[slot] == pc >>> 12 ? codeTables[slot][(int) pc >>> 1 & DecodedPage.MASK] : null;
        if (code != null) {
            code[Block.HEADER] -= Block.EXECUTION;
        }
    }

    /** A region came to an instruction that trapped, or behind which the run is to be looked at. */
    private long leave(long base, long end, long held, long[] x) {
        runtime.leave = false;
        long left = runtime.leftBehind() + held;
        long pc = base + runtime.offset();
        if (runtime.leftByTrap()) {
            traps.take(pc, end - left);
        } else {
            runtime.finish(x);
            state.pc = pc;
        }
        return left;
    }
}
