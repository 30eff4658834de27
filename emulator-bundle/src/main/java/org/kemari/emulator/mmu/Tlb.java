package org.kemari.emulator.mmu;

import java.util.Arrays;

/**
 * Software TLB for data of one context (mode and SUM), direct mapped, apart for loads and stores. It holds RAM pages
 * only, so a hit gives the array. Being in the store half means: writable, dirty in its PTE and in every tracker,
 * and free of decoded code. What is not mapped globally is noted, so that it can go alone when the address space
 * changes.
 */
public final class Tlb {
    public static final int ENTRIES = 512;
    public static final int MASK = ENTRIES - 1;

    /** Tags are addresses of pages: one with low bits matches none. */
    private static final long EMPTY = -1;

    public final long[] loadTag = new long[ENTRIES];
    public final byte[][] loadPage = new byte[ENTRIES][];
    public final long[] storeTag = new long[ENTRIES];
    public final byte[][] storePage = new byte[ENTRIES][];

    /** Physical addresses of the pages, for atomics: a reservation is one of memory. */
    public final long[] loadPhysical = new long[ENTRIES];

    public final long[] storePhysical = new long[ENTRIES];
    private final LocalEntries localLoads = new LocalEntries(ENTRIES);
    private final LocalEntries localStores = new LocalEntries(ENTRIES);
    private boolean loadsEmpty;
    private boolean storesEmpty;

    public Tlb() {
        flush();
    }

    public void enterLoad(long address, byte[] page, long physical, boolean global) {
        int index = (int) (address >>> 12) & MASK;
        loadTag[index] = address & -4096L;
        loadPage[index] = page;
        loadPhysical[index] = physical & -4096L;
        localLoads.note(index, global);
        loadsEmpty = false;
    }

    public void enterStore(long address, byte[] page, long physical, boolean global) {
        int index = (int) (address >>> 12) & MASK;
        storeTag[index] = address & -4096L;
        storePage[index] = page;
        storePhysical[index] = physical & -4096L;
        localStores.note(index, global);
        storesEmpty = false;
    }

    public void flush() {
        if (!loadsEmpty) {
            Arrays.fill(loadTag, EMPTY);
            localLoads.clear();
            loadsEmpty = true;
        }
        flushStores();
    }

    public void flushStores() {
        if (!storesEmpty) {
            Arrays.fill(storeTag, EMPTY);
            localStores.clear();
            storesEmpty = true;
        }
    }

    /** Forgets what belongs to one address space. */
    public void flushLocal() {
        localLoads.drain(loadTag, EMPTY);
        localStores.drain(storeTag, EMPTY);
    }

    public void flushPage(long address) {
        int index = (int) (address >>> 12) & MASK;
        if (loadTag[index] == (address & -4096L)) {
            loadTag[index] = EMPTY;
        }
        if (storeTag[index] == (address & -4096L)) {
            storeTag[index] = EMPTY;
        }
    }
}
