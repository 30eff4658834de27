package org.kemari.emulator.cpu;

/** The blocks of one physical page, by the halfword they begin at. */
final class DecodedPage {
    /** Halfwords of a page. */
    static final int HALFWORDS = 2048;

    static final int MASK = HALFWORDS - 1;

    /** Behind those, the place for the one instruction that may reach into the next page. */
    private static final int STRADDLING = HALFWORDS;

    /** Of each of the two tables, about. */
    static final int TABLE_BYTES = 4 * HALFWORDS;

    final long[][] blocks = new long[HALFWORDS + 1][];

    /** Null until one is hot. */
    HotBlock[] hot;

    /** Of the straddling block: {@link BlockCache}'s epoch when it was decoded, and its second page's physical address. */
    long straddleEpoch;

    long secondPage;

    long[] straddling() {
        return blocks[STRADDLING];
    }

    void straddling(long[] block, long epoch, long itsSecondPage) {
        blocks[STRADDLING] = block;
        straddleEpoch = epoch;
        secondPage = itsSecondPage;
    }

    /** Makes the table of hot blocks. */
    void heat() {
        hot = new HotBlock[HALFWORDS];
    }
}
