package org.kemari.emulator.mmu;

import java.util.Arrays;

/** Which entries of a table of translations belong to one address space, not to all of them. */
public final class LocalEntries {
    private final long[] local;

    /** @param entries a multiple of 64 */
    public LocalEntries(int entries) {
        local = new long[entries / 64];
    }

    public void note(int index, boolean global) {
        long bit = 1L << index;
        if (global) {
            local[index >>> 6] &= ~bit;
        } else {
            local[index >>> 6] |= bit;
        }
    }

    public void clear() {
        Arrays.fill(local, 0);
    }

    /** Sets the tag of every local entry to {@code empty}. */
    public void drain(long[] tags, long empty) {
        for (int word = 0; word < local.length; word++) {
            for (long left = local[word]; left != 0; left &= left - 1) {
                tags[word << 6 | Long.numberOfTrailingZeros(left)] = empty;
            }
            local[word] = 0;
        }
    }
}
