package org.kemari.emulator.ram;

import org.kemari.api.machine.DirtyTracker;

/** One user's bitmap of changed pages. Marking is idempotent and cheap; it happens on a page's first store only. */
final class PageTracker implements DirtyTracker {
    private final Ram ram;
    private final long[] bits;
    private int count;

    /** No bit is set in the words before this one. */
    private int firstWord;

    PageTracker(Ram ram, int pageCount) {
        this.ram = ram;
        bits = new long[(pageCount + 63) >>> 6];
        firstWord = bits.length;
    }

    void mark(int page) {
        int word = page >>> 6;
        long bit = 1L << page;
        if ((bits[word] & bit) == 0) {
            bits[word] |= bit;
            count++;
            if (word < firstWord) {
                firstWord = word;
            }
        }
    }

    @Override
    public long dirtyPages() {
        return count;
    }

    @Override
    public int claim(PageSink sink, int maxPages) {
        int claimed = 0;
        if (count > 0 && maxPages > 0) {
            // Before the first page is handed over: a sink that failed must not leave a page both clean and unwatched.
            ram.watchStores();
        }
        for (int word = firstWord; word < bits.length && claimed < maxPages; word++) {
            firstWord = word;
            while (bits[word] != 0 && claimed < maxPages) {
                int page = (word << 6) + Long.numberOfTrailingZeros(bits[word]);
                sink.accept(page, ram.contentOf(page), 0);
                bits[word] &= bits[word] - 1;
                count--;
                claimed++;
            }
        }
        if (count == 0) {
            firstWord = bits.length;
        }
        return claimed;
    }

    @Override
    public void close() {
        ram.untrack(this);
    }
}
