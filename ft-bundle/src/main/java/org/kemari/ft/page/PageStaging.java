package org.kemari.ft.page;

import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.GuestRam;

/**
 * Copies of dirty pages, so that the guest can go on while they are sent. Room is allocated as it is first needed and used
 * again for every checkpoint. Filled by the machine thread, emptied by the sender; the hand-over between them orders the
 * two.
 */
public final class PageStaging implements DirtyTracker.PageSink {
    private static final int CHUNK_PAGES = 256;

    private final long[] pages;
    private final byte[][] chunks;
    private int count;

    /** @param maxPages bounds the memory: a checkpoint with more pages is taken in several turns */
    public PageStaging(int maxPages) {
        pages = new long[maxPages];
        chunks = new byte[(maxPages + CHUNK_PAGES - 1) / CHUNK_PAGES][];
    }

    @Override
    public void accept(long page, byte[] content, int offset) {
        byte[] chunk = chunks[count / CHUNK_PAGES];
        if (chunk == null) {
            chunk = new byte[CHUNK_PAGES * GuestRam.PAGE_BYTES];
            chunks[count / CHUNK_PAGES] = chunk;
        }
        System.arraycopy(content, offset, chunk, offset(count), GuestRam.PAGE_BYTES);
        pages[count++] = page;
    }

    public int room() {
        return pages.length - count;
    }

    public int count() {
        return count;
    }

    public void clear() {
        count = 0;
    }

    long page(int index) {
        return pages[index];
    }

    byte[] content(int index) {
        return chunks[index / CHUNK_PAGES];
    }

    int offset(int index) {
        return index % CHUNK_PAGES * GuestRam.PAGE_BYTES;
    }
}
