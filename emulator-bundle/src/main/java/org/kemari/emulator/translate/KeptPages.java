package org.kemari.emulator.translate;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pages that a region's loops keep from round to round. Accesses off one base register have one together, unless
 * they lie too far apart and take turns, or the loops compute that register in several places, for several arrays: then
 * each has its own, lest they drive each other's out.
 */
final class KeptPages {
    /** More would not stay in a processor's registers, nor in the part of the stack frame that is near. */
    static final int MAX = 8;

    private static final int REGISTERS = 32;

    private final int[] writers = new int[REGISTERS];
    private final Map<Integer, Integer> numbers = new HashMap<>();
    private int count;

    KeptPages(List<BasicBlock> loops) {
        for (BasicBlock block : loops) {
            for (long word : block.words) {
                int register = SharedProbe.writes(word);
                if (register < REGISTERS) {
                    writers[register]++;
                }
            }
        }
    }

    int count() {
        return count;
    }

    /**
     * The page for loads, or stores, off a base register; -1 if there are too many already.
     *
     * @param inUse numbers of pages that accesses further on count upon: those are not to be had
     */
    int number(boolean store, int base, BitSet inUse) {
        int key = store ? base + REGISTERS : base;
        Integer known = numbers.get(key);
        if (known != null && writers[base] <= 1 && !inUse.get(known)) {
            return known;
        }
        if (count == MAX) {
            return -1;
        }
        numbers.put(key, count);
        return count++;
    }
}
