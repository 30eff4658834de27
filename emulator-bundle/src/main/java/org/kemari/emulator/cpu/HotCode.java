package org.kemari.emulator.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.mmu.Tlb;
import org.kemari.emulator.ram.Ram;

/**
 * Which code of one hart is translated: asks for regions when blocks become hot, puts them in place if their code still
 * stands as it was, drops the cold ones when there are too many, and is slow to try again where code keeps changing.
 * Machine thread, but for the queue of completed requests.
 */
final class HotCode {
    /** Beyond 2^12 times the threshold, code that changes is left to the interpreter for good. */
    private static final int MAX_POSTPONED = 12;

    /** Blocks that heat together cross the threshold one after the other: warm is what has this part of it. */
    private static final int WARM = 8;

    /** The interpreter's share is that of so many instructions of the hart. */
    private static final long SHARE_INSTRUCTIONS = 100_000_000;

    private final Ram ram;
    private final BlockCache blocks;
    private final RegionRuntime runtime;
    private final Queue<RegionRequest> completed = new ConcurrentLinkedQueue<>();
    private volatile boolean news;

    private ForetoldCode foretold;
    private CodeTranslator translator = CodeTranslator.NONE;
    private int threshold = Integer.MAX_VALUE;
    private List<Region> regions = new ArrayList<>();

    /** How often translated code was overwritten, by page. */
    private final Map<Integer, Integer> changes = new HashMap<>();

    /** Which bytes of a page are in a region. */
    private final Map<Integer, BitSet> covered = new HashMap<>();

    /** Pages of which a request is under way. */
    private final Set<Integer> asked = new HashSet<>();

    /** When the interpreter's share was looked at last. */
    private long shareExecuted;

    private long shareTranslated;
    private double interpretedShare = 1;

    private long installed;
    private long stale;
    private long evicted;

    HotCode(Ram ram, BlockCache blocks, RegionRuntime runtime) {
        this.ram = ram;
        this.blocks = blocks;
        this.runtime = runtime;
    }

    /** Who has translated code that was hot elsewhere; once. */
    void attach(ForetoldCode foretoldCode) {
        foretold = foretoldCode;
    }

    void translateWith(CodeTranslator chosen) {
        translator = chosen;
        threshold = chosen.threshold();
    }

    CodeTranslator translator() {
        return translator;
    }

    /** Heat at which {@link #heated} is to be called. */
    int threshold() {
        return threshold;
    }

    /**
     * A block was executed as often as the threshold says.
     *
     * @param executed what the hart has executed
     * @param translated what of that in regions
     */
    void heated(long[] decoded, int page, int entry, Tlb context, long executed, long translated) {
        long perExecution = Block.cool(decoded, executed);
        updateShare(executed, translated);
        threshold = translator.threshold();
        if (foretold.any() && foretold.met(page, entry)) {
            return;
        }
        boolean dense = perExecution <= translator.maxInstructionsPerExecution();
        if (!dense && perExecution * interpretedShare > translator.maxInterpretedPerExecution()) {
            return;
        }
        HotBlock block = blocks.hotBlock(page, entry);
        if (block == null || block.region(context) != null) {
            // It reaches into a second page, or what was left of a run was too little: the interpreter's.
            return;
        }
        int changed = Math.min(changes.getOrDefault(page, 0), MAX_POSTPONED);
        if (changed > 0 && !block.postponed) {
            block.postponed = true;
            Block.heat(decoded, changed == MAX_POSTPONED ? Integer.MIN_VALUE : -(threshold << changed));
            return;
        }
        // Blocks heat together: what a region covers, or may cover once it is there, is worth one of its own only if it
        // becomes hot again.
        if (asked.contains(page)
                || !block.postponed
                        && covered.containsKey(page)
                        && covered.get(page).get(entry)) {
            block.postponed = true;
            return;
        }
        block.postponed = false;
        asked.add(page);
        byte[] copy = ram.page(page).clone();
        PageProfile profile = blocks.profile(page, threshold / WARM);
        if (!dense) {
            // Loops on its ways are executed much more often, and have regions that HotSpot is done with.
            profile = profile.without(begun(block, context));
        }
        if (!translator.submit(new RegionRequest(copy, entry, profile, context, runtime, page, this::completed))) {
            asked.remove(page);
        }
    }

    private void updateShare(long executed, long translated) {
        long since = executed - shareExecuted;
        if (since >= SHARE_INSTRUCTIONS) {
            interpretedShare = 1 - (double) (translated - shareTranslated) / since;
        }
        if (since >= SHARE_INSTRUCTIONS || since < 0) {
            // It is less after the restore of an earlier state.
            shareExecuted = executed;
            shareTranslated = translated;
        }
    }

    /** Where in a block's page regions begin. */
    private static BitSet begun(HotBlock block, Tlb context) {
        BitSet begun = new BitSet();
        for (int i = 0; i < block.siblings.length; i++) {
            HotBlock sibling = block.siblings[i];
            if (sibling != null && sibling.region(context) != null) {
                begun.set(2 * i);
            }
        }
        return begun;
    }

    /** Any thread. */
    private void completed(RegionRequest request) {
        completed.add(request);
        news = true;
    }

    /** Puts in place what has been completed since. */
    void install() {
        if (!news) {
            return;
        }
        news = false;
        RegionRequest request;
        while ((request = completed.poll()) != null) {
            asked.remove(request.pageIndex);
            if (request.region != null) {
                install(request);
            }
        }
    }

    /** Puts one in place, unless its code has changed or another was faster. */
    void install(RegionRequest request) {
        Region region = request.region;
        HotBlock block = blocks.hotBlock(request.pageIndex, request.entry);
        if (block == null || !unchanged(request)) {
            stale++;
            return;
        }
        if (block.region(region.context) != null) {
            return;
        }
        if (regions.size() >= translator.maxRegions()) {
            evict();
        }
        BitSet inRegions = covered.computeIfAbsent(request.pageIndex, page -> new BitSet());
        for (int i = 0; i < request.ranges.length; i += 2) {
            ram.markCode(request.pageIndex, request.ranges[i], request.ranges[i + 1]);
            inRegions.set(request.ranges[i], request.ranges[i + 1]);
        }
        region.block = block;
        region.siblings = block.siblings;
        region.page = request.pageIndex;
        region.entry = request.entry;
        block.add(region);
        regions.add(region);
        installed++;
    }

    private boolean unchanged(RegionRequest request) {
        byte[] now = ram.page(request.pageIndex);
        for (int i = 0; i < request.ranges.length; i += 2) {
            int from = request.ranges[i];
            int to = request.ranges[i + 1];
            if (!Arrays.equals(now, from, to, request.page, from, to)) {
                return false;
            }
        }
        return true;
    }

    /** Drops the colder half. */
    private void evict() {
        regions.forEach(Region::forgetFollowers);
        regions.sort(Comparator.comparingLong((Region region) -> region.runs).reversed());
        int kept = regions.size() / 2;
        for (Region region : regions.subList(kept, regions.size())) {
            region.block.remove(region);
            evicted++;
        }
        regions = new ArrayList<>(regions.subList(0, kept));
        for (Region region : regions) {
            region.runs /= 2;
        }
    }

    /** The blocks of a page are about to be dropped because their code was overwritten. */
    void pageChanged(int page, DecodedPage dropped) {
        boolean translated = false;
        covered.remove(page);
        if (dropped.hot == null) {
            return;
        }
        for (HotBlock block : dropped.hot) {
            if (block != null && block.translated()) {
                translated = true;
                block.removeAll();
            }
        }
        if (translated) {
            // Also of those that go: one keeps the next alive.
            regions.forEach(Region::forgetFollowers);
            regions.removeIf(region -> !region.block.translated());
            changes.merge(page, 1, Integer::sum);
        }
    }

    /** All blocks were dropped. */
    void clear() {
        for (Region region : regions) {
            region.block.removeAll();
            region.forgetFollowers();
        }
        regions.clear();
        covered.clear();
        changes.clear();
    }

    /** Where the regions begin that are entered most often, the first most often. */
    List<HotPlace> hottest(int max, Mmu mmu) {
        return regions.stream()
                .sorted(Comparator.comparingLong((Region region) -> region.runs).reversed())
                .limit(max)
                .map(region -> new HotPlace(region.page, region.entry, mmu.contextOf(region.context)))
                .toList();
    }

    /** Indexes of the pages that have translated code. */
    BitSet pages() {
        BitSet pages = new BitSet();
        regions.forEach(region -> pages.set(region.page));
        return pages;
    }

    int regionCount() {
        return regions.size();
    }

    TierCounters counters(long executed, long translated) {
        return new TierCounters(
                executed,
                translated,
                regions.size(),
                installed,
                stale,
                evicted,
                foretold.rehearsed(),
                foretold.inPlace());
    }
}
