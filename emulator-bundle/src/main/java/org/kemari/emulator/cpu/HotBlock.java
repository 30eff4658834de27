package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.Tlb;

/** What is known of a block that has become hot. */
final class HotBlock {
    private final long[] block;

    /** What is hot in the same page, by halfword. */
    final HotBlock[] siblings;

    /** Its heat was set back once because code in its page keeps changing. */
    boolean postponed;

    /** Translated code that begins here, for any number of memory contexts; null while there is none. */
    private Region regions;

    HotBlock(long[] block, HotBlock[] siblings) {
        this.block = block;
        this.siblings = siblings;
    }

    /** Translated code for this context, or null. */
    Region region(Tlb context) {
        Region region = regions;
        while (region != null && region.context != context) {
            region = region.next;
        }
        return region;
    }

    boolean translated() {
        return regions != null;
    }

    void add(Region region) {
        region.next = regions;
        regions = region;
        Block.translated(block, true);
    }

    /** Its code is not kept alive by this, which may be in use or in a table for a while. */
    void remove(Region region) {
        if (regions == region) {
            regions = region.next;
        } else {
            for (Region each = regions; each != null; each = each.next) {
                if (each.next == region) {
                    each.next = region.next;
                }
            }
        }
        region.next = null;
        Block.translated(block, regions != null);
        Block.heat(block, 0);
    }

    void removeAll() {
        regions = null;
        Block.translated(block, false);
    }
}
