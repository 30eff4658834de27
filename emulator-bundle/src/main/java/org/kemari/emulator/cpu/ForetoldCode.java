package org.kemari.emulator.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.ram.Ram;

/**
 * Translated code for a hart that stands by, made before it has executed anything: the hart that executes the same guest
 * elsewhere tells what is hot there. It is rehearsed dry until HotSpot has compiled it, and put in place when its block
 * is met first, if the code then still stands as it was translated. Machine thread, but for the queue of completed
 * requests.
 */
final class ForetoldCode {
    /** Entries after which HotSpot has put even a region without loops on its list. */
    private static final int REHEARSALS = 4_000;

    private static final int REHEARSALS_AT_A_TIME = 8;

    /** About what C2 takes for a region. One by one: a queue of all would be before what a failover needs compiled. */
    private static final long COMPILATION_NANOS = 60_000_000;

    private final Ram ram;
    private final Mmu mmu;
    private final HartState state;
    private final RegionRuntime runtime;
    private final HotCode hot;
    private final DryRun dryRun = new DryRun();
    private final Set<HotPlace> known = new HashSet<>();
    private final Queue<RegionRequest> completed = new ConcurrentLinkedQueue<>();

    /** Those to be rehearsed, the hottest first. */
    private final Deque<RegionRequest> rehearsing = new ArrayDeque<>();

    /** By page and entry. */
    private final Map<Integer, List<RegionRequest>> waiting = new HashMap<>();

    /** How often the first of those was executed. */
    private int rehearsals;

    private long rehearsed;
    private long inPlace;

    ForetoldCode(Ram ram, Mmu mmu, HartState state, RegionRuntime runtime, HotCode hot) {
        this.ram = ram;
        this.mmu = mmu;
        this.state = state;
        this.runtime = runtime;
        this.hot = hot;
    }

    /** Asks for what is not known yet; what the translator has no room for may be told again. */
    void foretell(List<HotPlace> places) {
        for (HotPlace place : places) {
            if (known.contains(place)) {
                continue;
            }
            RegionRequest request = new RegionRequest(
                    ram.page(place.page()).clone(),
                    place.entry(),
                    PageProfile.UNKNOWN,
                    mmu.tlb(place.context()),
                    runtime,
                    place.page(),
                    completed::add);
            if (!hot.translator().submit(request)) {
                return;
            }
            known.add(place);
        }
    }

    /** True while a block that is met may be one that was foretold. */
    boolean any() {
        return !waiting.isEmpty() || !completed.isEmpty();
    }

    /** A block was met: puts in place what was foretold of it; false if nothing was. */
    boolean met(int page, int entry) {
        takeCompleted();
        List<RegionRequest> requests = waiting.remove(key(page, entry));
        if (requests != null) {
            requests.forEach(hot::install);
            inPlace += requests.stream()
                    .filter(request -> request.region.block != null)
                    .count();
        }
        return requests != null;
    }

    /** How many were executed dry to the end. */
    long rehearsed() {
        return rehearsed;
    }

    /** How many were put in place. */
    long inPlace() {
        return inPlace;
    }

    /**
     * Executes some of what was foretold dry, for about this long; returns for how long then to rest, 0 if there is nothing
     * to rehearse now. Between runs only, and before the hart has a state that counts for anything in its TLBs.
     */
    long rehearse(long nanos) {
        takeCompleted();
        RegionRequest request = rehearsing.peek();
        if (request == null) {
            return 0;
        }
        long[] floats = state.f.clone();
        runtime.dry(dryRun);
        try {
            long began = System.nanoTime();
            do {
                for (int i = 0; i < REHEARSALS_AT_A_TIME; i++) {
                    dryRun.enter(request.region);
                }
                rehearsals += REHEARSALS_AT_A_TIME;
            } while (rehearsals < REHEARSALS && System.nanoTime() - began < nanos);
        } finally {
            runtime.dry(null);
            System.arraycopy(floats, 0, state.f, 0, floats.length);
            mmu.flush();
        }
        if (rehearsals < REHEARSALS) {
            return nanos;
        }
        rehearsing.remove();
        rehearsals = 0;
        rehearsed++;
        return COMPILATION_NANOS;
    }

    private void takeCompleted() {
        RegionRequest request;
        while ((request = completed.poll()) != null) {
            if (request.region != null) {
                rehearsing.add(request);
                waiting.computeIfAbsent(key(request.pageIndex, request.entry), key -> new ArrayList<>(1))
                        .add(request);
            }
        }
    }

    private static int key(int page, int entry) {
        // A page index has at most 22 bits (16 GiB), an entry 11: halfwords.
        return page << 11 | entry >>> 1;
    }
}
