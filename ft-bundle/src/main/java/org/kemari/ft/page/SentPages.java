package org.kemari.ft.page;

import java.util.Arrays;
import org.kemari.api.machine.GuestRam;

/** What the backup has of the pages sent last, bounded: each page has one possible place. One thread. */
final class SentPages {
    private final byte[][] slots;
    /** Page number plus one; 0 where nothing is known. */
    private final long[] owners;

    SentPages(int slotCount) {
        slots = new byte[slotCount][];
        owners = new long[slotCount];
    }

    private int slot(long page) {
        return (int) (page % slots.length);
    }

    /** The content as the backup has it, or null if unknown; who sends a part of it writes that there. */
    byte[] find(long page) {
        int slot = slot(page);
        return owners[slot] == page + 1 ? slots[slot] : null;
    }

    void put(long page, byte[] content, int offset) {
        int slot = slot(page);
        if (slots[slot] == null) {
            slots[slot] = new byte[GuestRam.PAGE_BYTES];
        }
        System.arraycopy(content, offset, slots[slot], 0, GuestRam.PAGE_BYTES);
        owners[slot] = page + 1;
    }

    void forget(long page) {
        int slot = slot(page);
        if (owners[slot] == page + 1) {
            owners[slot] = 0;
        }
    }

    void clear() {
        Arrays.fill(owners, 0);
    }
}
