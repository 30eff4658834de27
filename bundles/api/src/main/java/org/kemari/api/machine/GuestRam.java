package org.kemari.api.machine;

/** Guest RAM by pages, for those who copy it. Machine thread only. Page 0 is the first page of RAM, not of the bus. */
public interface GuestRam {
    int PAGE_BYTES = 4096;

    long pageCount();

    /** Starts to track changes; at first every page that may hold something other than zeros counts as dirty. */
    DirtyTracker track();

    /** Overwrites a page with {@link #PAGE_BYTES} bytes from {@code source}. */
    void load(long page, byte[] source, int offset);

    /** Copies a page out. */
    void read(long page, byte[] target, int offset);

    /** Makes a page zeros, giving its memory back. */
    void clear(long page);
}
