package org.kemari.emulator.cpu;

import java.util.SplittableRandom;
import org.kemari.emulator.mmu.Tlb;
import org.kemari.emulator.ram.Ram;

/**
 * Executes translated code without a guest, for HotSpot to compile it: registers are made up, and the TLB knows one page
 * only, which is no guest's and is full of pointers into itself, so that most of what such code follows leads there and
 * takes the way that it takes in earnest. Whatever else code asks for, {@link RegionRuntime} answers out of thin air
 * meanwhile. Nothing of the hart but its floating-point registers and TLBs is written; both are the caller's to mend.
 */
final class DryRun {
    private static final long ADDRESS = 0x40_0000_0000L;

    /** What one entry may execute beyond the longest way: a few rounds of a loop. */
    private static final long INSTRUCTIONS = 100;

    /** A page in which code has stored for this many entries holds few pointers any more. */
    private static final int ENTRIES_PER_PAGE = 200;

    private final byte[] page = new byte[Ram.PAGE_BYTES];
    private final long[] x = new long[HartState.REGISTERS];

    /** Only ever decides what is compiled how well: any seed does. */
    private final SplittableRandom random = new SplittableRandom(1);

    private int entries;

    /** A made-up value: a pointer mostly, now and then a small number or zero. */
    long value() {
        int dice = random.nextInt(16);
        return dice == 0 ? 0 : dice <= 2 ? random.nextInt(100) : ADDRESS + (random.nextInt(Ram.PAGE_BYTES / 2) & -8);
    }

    void enter(Region region) {
        if (entries++ % ENTRIES_PER_PAGE == 0) {
            for (int at = 0; at < Ram.PAGE_BYTES; at += 8) {
                DataAccess.LONG.set(page, at, value());
            }
        }
        for (int i = 1; i < 32; i++) {
            x[i] = value();
        }
        Tlb tlb = region.context;
        tlb.enterLoad(ADDRESS, page, 0, false);
        tlb.enterStore(ADDRESS, page, 0, false);
        region.run(x, ADDRESS, region.budget + INSTRUCTIONS);
    }
}
