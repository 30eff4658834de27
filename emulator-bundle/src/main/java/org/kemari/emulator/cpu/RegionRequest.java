package org.kemari.emulator.cpu;

import java.util.function.Consumer;
import org.kemari.emulator.mmu.Tlb;

/** Code that one hart executes often, as it stood when it was asked for, and what its translation is to be bound to. */
public final class RegionRequest {
    /** The page's content; the translator's to read. */
    public final byte[] page;

    /** Byte offset of the first instruction. */
    public final int entry;

    /** How that page is executed. */
    public final PageProfile profile;

    public final Tlb tlb;
    public final RegionRuntime runtime;

    final int pageIndex;
    private final Consumer<RegionRequest> done;

    /** Bytes of the page that were translated, as pairs of from and to (exclusive). */
    int[] ranges = {};

    /** Absent if the code is nothing to translate. */
    Region region;

    RegionRequest(
            byte[] page,
            int entry,
            PageProfile profile,
            Tlb tlb,
            RegionRuntime runtime,
            int pageIndex,
            Consumer<RegionRequest> done) {
        this.page = page;
        this.entry = entry;
        this.profile = profile;
        this.tlb = tlb;
        this.runtime = runtime;
        this.pageIndex = pageIndex;
        this.done = done;
    }

    /** Any thread, once. */
    public void complete(Region made, int[] translatedRanges) {
        region = made;
        ranges = translatedRanges;
        done.accept(this);
    }

    /** There is nothing to translate; any thread, instead of {@link #complete}. */
    public void decline() {
        done.accept(this);
    }
}
