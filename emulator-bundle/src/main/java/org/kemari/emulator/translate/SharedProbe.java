package org.kemari.emulator.translate;

import java.util.BitSet;
import org.kemari.emulator.cpu.Op;

/**
 * Loads, or stores, of one basic block off one base register that does not change between them, close enough to lie in
 * one page nearly always: one look into the TLB serves all. In a loop the page found is kept from round to round, and a
 * look is taken only where an address leaves it, which holds for a single access, too. Nothing in a region can make the
 * page found stale: whatever changes translations, or which pages may be stored to, ends the region first.
 */
final class SharedProbe {
    /** Most shared probes of a block outside loops: each keeps a local. */
    static final int MAX_IN_BLOCK = 6;

    /** A wider span would cross a page's end too often, which costs a call for each of its accesses. */
    private static final long MAX_SPAN = 256;

    /** Position in the block of the first access, where the look is taken. */
    final int first;

    /** Which of the block's shared probes this is, or which of the loops' where {@link #kept}. */
    final int number;

    /** The page found is kept from round to round. */
    final boolean kept;

    /** Position in the block of the last access, up to which no other probe may put another page in its place. */
    private int last;

    private boolean shared;
    private long low;
    private long high;

    private SharedProbe(int first, int number, boolean kept, Access access) {
        this.first = first;
        this.number = number;
        this.kept = kept;
        last = first;
        low = access.offset;
        high = access.offset + access.size;
    }

    /** Lowest offset from the base register. */
    long low() {
        return low;
    }

    /** False of one that a single access has for itself. */
    boolean shared() {
        return shared;
    }

    int spanBytes() {
        return (int) (high - low);
    }

    /** For each instruction of a block outside loops, the probe that it shares, or null. */
    static SharedProbe[] of(BasicBlock block) {
        SharedProbe[] probes = new SharedProbe[block.count()];
        int count = 0;
        for (int i = 0; i < block.count() && count < MAX_IN_BLOCK; i++) {
            Access access = Access.of(block.words[i]);
            if (access != null
                    && probes[i] == null
                    && share(block, access, probes, new SharedProbe(i, count, false, access))) {
                count++;
            }
        }
        return probes;
    }

    /**
     * For each instruction of a block within a loop, the probe that it shares or has for itself, or null. Where no more
     * pages can be kept, it shares one as outside loops: a function that calls itself is a loop as a whole.
     */
    static SharedProbe[] of(BasicBlock block, KeptPages pages) {
        SharedProbe[] probes = new SharedProbe[block.count()];
        int count = 0;
        BitSet inUse = new BitSet();
        for (int i = 0; i < block.count(); i++) {
            Access access = Access.of(block.words[i]);
            if (access == null || probes[i] != null) {
                continue;
            }
            inUse.clear();
            for (int before = 0; before < i; before++) {
                if (probes[before] != null && probes[before].kept && probes[before].last > i) {
                    inUse.set(probes[before].number);
                }
            }
            int number = pages.number(access.store, access.base, inUse);
            if (number >= 0) {
                SharedProbe probe = new SharedProbe(i, number, true, access);
                share(block, access, probes, probe);
                probes[i] = probe;
            } else if (count < MAX_IN_BLOCK && share(block, access, probes, new SharedProbe(i, count, false, access))) {
                count++;
            }
        }
        return probes;
    }

    private static boolean share(BasicBlock block, Access access, SharedProbe[] probes, SharedProbe probe) {
        for (int i = probe.first; i < block.count(); i++) {
            Access other = i == probe.first ? null : Access.of(block.words[i]);
            if (other != null && other.store == access.store && other.base == access.base && probe.widen(other)) {
                probes[i] = probe;
                probe.shared = true;
                probe.last = i;
            }
            if (writes(block.words[i]) == access.base) {
                break;
            }
        }
        if (probe.shared) {
            probes[probe.first] = probe;
        }
        return probe.shared;
    }

    private boolean widen(Access other) {
        long newLow = Math.min(low, other.offset);
        long newHigh = Math.max(high, other.offset + other.size);
        if (newHigh - newLow > MAX_SPAN) {
            return false;
        }
        low = newLow;
        high = newHigh;
        return true;
    }

    /** The integer register that an instruction may write. */
    static int writes(long word) {
        if (Op.op(word) != Op.RARE) {
            return Op.rd(word);
        }
        return (int) (word >> 32) >>> 7 & 31;
    }

    /** One load or store. */
    private record Access(boolean store, int base, long offset, int size) {
        static Access of(long word) {
            int op = Op.op(word);
            if (MemoryEmitter.handles(op)) {
                return new Access(op >= Op.SB, (int) word >>> 14 & 63, word >> 32, MemoryEmitter.size(op));
            }
            if (op != Op.RARE) {
                return null;
            }
            int raw = (int) (word >> 32);
            int size = (raw >>> 12 & 7) == 2 ? 4 : 8;
            return switch (raw & 0x7f) {
                case 0x07 -> new Access(false, raw >>> 15 & 31, raw >> 20, size);
                case 0x27 -> new Access(true, raw >>> 15 & 31, raw >> 25 << 5 | raw >>> 7 & 31, size);
                default -> null;
            };
        }
    }
}
