package org.kemari.emulator.ram;

/** Which 64-byte lines of which pages hold decoded code: one word per page, in chunks that are made when needed. */
final class CodeLines {
    private static final int CHUNK_PAGES = 1024;

    private final long[][] chunks;

    CodeLines(int pageCount) {
        chunks = new long[(pageCount + CHUNK_PAGES - 1) / CHUNK_PAGES][];
    }

    boolean any(int page) {
        long[] chunk = chunks[page / CHUNK_PAGES];
        return chunk != null && chunk[page % CHUNK_PAGES] != 0;
    }

    boolean hit(int page, int from, int to) {
        long[] chunk = chunks[page / CHUNK_PAGES];
        return chunk != null && (chunk[page % CHUNK_PAGES] & lines(from, to)) != 0;
    }

    void mark(int page, int from, int to) {
        long[] chunk = chunks[page / CHUNK_PAGES];
        if (chunk == null) {
            chunk = new long[CHUNK_PAGES];
            chunks[page / CHUNK_PAGES] = chunk;
        }
        chunk[page % CHUNK_PAGES] |= lines(from, to);
    }

    void clear(int page) {
        long[] chunk = chunks[page / CHUNK_PAGES];
        if (chunk != null) {
            chunk[page % CHUNK_PAGES] = 0;
        }
    }

    private static long lines(int from, int to) {
        int first = from >>> 6;
        int last = (to - 1) >>> 6;
        return -1L << first & -1L >>> (63 - last);
    }
}
