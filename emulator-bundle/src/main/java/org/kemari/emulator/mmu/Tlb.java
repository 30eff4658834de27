package org.kemari.emulator.mmu;

import java.util.Arrays;

/**
 * Software TLB for data of one context (mode and SUM), direct mapped, apart for loads and stores. It holds RAM pages
 * only, so a hit gives the array. Being in the store half means: writable, dirty in its PTE and in every tracker,
 * and free of decoded code.
 */
public final class Tlb {
    public static final int ENTRIES = 512;
    public static final int MASK = ENTRIES - 1;

    /** Virtual page numbers are 52 bits, so -1 matches none. */
    private static final long EMPTY = -1;

    public final long[] loadTag = new long[ENTRIES];
    public final byte[][] loadPage = new byte[ENTRIES][];
    public final long[] storeTag = new long[ENTRIES];
    public final byte[][] storePage = new byte[ENTRIES][];
    private boolean loadsEmpty;
    private boolean storesEmpty;

    public Tlb() {
        flush();
    }

    public void enterLoad(long address, byte[] page) {
        int index = (int) (address >>> 12) & MASK;
        loadTag[index] = address >>> 12;
        loadPage[index] = page;
        loadsEmpty = false;
    }

    public void enterStore(long address, byte[] page) {
        int index = (int) (address >>> 12) & MASK;
        storeTag[index] = address >>> 12;
        storePage[index] = page;
        storesEmpty = false;
    }

    public void flush() {
        if (!loadsEmpty) {
            Arrays.fill(loadTag, EMPTY);
            loadsEmpty = true;
        }
        flushStores();
    }

    public void flushStores() {
        if (!storesEmpty) {
            Arrays.fill(storeTag, EMPTY);
            storesEmpty = true;
        }
    }

    public void flushPage(long address) {
        int index = (int) (address >>> 12) & MASK;
        if (loadTag[index] == address >>> 12) {
            loadTag[index] = EMPTY;
        }
        if (storeTag[index] == address >>> 12) {
            storeTag[index] = EMPTY;
        }
    }
}
