package org.kemari.emulator.board;

import org.kemari.api.device.InterruptLine;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * Platform-level interrupt controller (RISC-V PLIC specification 1.0.0, in the layout of SiFive's): level sources, two
 * contexts per hart, machine mode first. A source that was claimed waits for its completion before it can pend again.
 */
public final class Plic {
    private static final int PENDING = 0x1000;
    private static final int ENABLE = 0x2000;
    private static final int ENABLE_STRIDE = 0x80;
    private static final int CONTEXT = 0x200000;
    private static final int CONTEXT_STRIDE = 0x1000;
    private static final int THRESHOLD = 0;
    private static final int CLAIM = 4;
    /** Priorities are 0 (never) to 7, as in QEMU's {@code virt}. */
    private static final int PRIORITY_MASK = 7;

    private static final int WORDS = MemoryMap.PLIC_SOURCES / 32;

    private final HartInterrupts harts;
    private final int contexts;
    private final int[] priority = new int[MemoryMap.PLIC_SOURCES];
    private final int[] level = new int[WORDS];
    private final int[] pending = new int[WORDS];
    private final int[] claimed = new int[WORDS];
    private final int[] enable;
    private final int[] threshold;

    public Plic(int hartCount, HartInterrupts harts) {
        this.harts = harts;
        this.contexts = 2 * hartCount;
        this.enable = new int[contexts * WORDS];
        this.threshold = new int[contexts];
    }

    /** The line of {@code source}. */
    public InterruptLine line(int source) {
        return asserted -> setLevel(source, asserted);
    }

    private void setLevel(int source, boolean asserted) {
        int word = source >>> 5;
        int bit = 1 << source;
        boolean was = (level[word] & bit) != 0;
        if (was == asserted) {
            return;
        }
        if (asserted) {
            level[word] |= bit;
            if ((claimed[word] & bit) == 0) {
                pending[word] |= bit;
            }
        } else {
            level[word] &= ~bit;
            // As QEMU does: a request that nobody claimed goes with its line, so no spurious claim follows.
            pending[word] &= ~bit;
        }
        update();
    }

    public long read(int offset, int sizeBytes) {
        if (sizeBytes != 4) {
            return 0;
        }
        if (offset < PENDING) {
            int source = offset / 4;
            return source < priority.length ? priority[source] : 0;
        }
        if (offset < ENABLE) {
            int word = (offset - PENDING) / 4;
            return word < WORDS ? pending[word] & 0xffffffffL : 0;
        }
        if (offset < CONTEXT) {
            int context = (offset - ENABLE) / ENABLE_STRIDE;
            int word = (offset % ENABLE_STRIDE) / 4;
            return context < contexts && word < WORDS ? enable[context * WORDS + word] & 0xffffffffL : 0;
        }
        int context = (offset - CONTEXT) / CONTEXT_STRIDE;
        if (context >= contexts) {
            return 0;
        }
        switch (offset % CONTEXT_STRIDE) {
            case THRESHOLD:
                return threshold[context];
            case CLAIM:
                return claim(context);
            default:
                return 0;
        }
    }

    public void write(int offset, int sizeBytes, long value) {
        if (sizeBytes != 4) {
            return;
        }
        if (offset < PENDING) {
            int source = offset / 4;
            if (source > 0 && source < priority.length) {
                priority[source] = (int) value & PRIORITY_MASK;
                update();
            }
        } else if (offset >= ENABLE && offset < CONTEXT) {
            int context = (offset - ENABLE) / ENABLE_STRIDE;
            int word = (offset % ENABLE_STRIDE) / 4;
            if (context < contexts && word < WORDS) {
                enable[context * WORDS + word] = word == 0 ? (int) value & ~1 : (int) value;
                update();
            }
        } else if (offset >= CONTEXT) {
            int context = (offset - CONTEXT) / CONTEXT_STRIDE;
            if (context >= contexts) {
                return;
            }
            switch (offset % CONTEXT_STRIDE) {
                case THRESHOLD:
                    threshold[context] = (int) value & PRIORITY_MASK;
                    update();
                    break;
                case CLAIM:
                    complete(context, (int) value);
                    break;
                default:
                    break;
            }
        }
    }

    private int claim(int context) {
        int source = best(context, 0);
        if (source != 0) {
            pending[source >>> 5] &= ~(1 << source);
            claimed[source >>> 5] |= 1 << source;
            update();
        }
        return source;
    }

    private void complete(int context, int source) {
        if (source <= 0 || source >= priority.length) {
            return;
        }
        int word = source >>> 5;
        int bit = 1 << source;
        // PLIC 1.0.0 chapter 9: a completion for a source that is not enabled for the context is ignored.
        if ((enable[context * WORDS + word] & bit) == 0) {
            return;
        }
        claimed[word] &= ~bit;
        pending[word] |= level[word] & bit;
        update();
    }

    /** The pending and enabled source of highest priority above {@code floor}; the lowest number wins; 0 if none. */
    private int best(int context, int floor) {
        int best = 0;
        int bestPriority = floor;
        for (int word = 0; word < WORDS; word++) {
            int candidates = pending[word] & enable[context * WORDS + word] & ~claimed[word];
            while (candidates != 0) {
                int source = word * 32 + Integer.numberOfTrailingZeros(candidates);
                candidates &= candidates - 1;
                if (priority[source] > bestPriority) {
                    best = source;
                    bestPriority = priority[source];
                }
            }
        }
        return best;
    }

    private void update() {
        for (int context = 0; context < contexts; context++) {
            boolean asserted = best(context, threshold[context]) != 0;
            harts.set(context / 2, context % 2 == 0 ? HartInterrupts.MEIP : HartInterrupts.SEIP, asserted);
        }
    }

    public void save(StateWriter out) {
        out.putLongs("priority", widen(priority));
        out.putLongs("level", widen(level));
        out.putLongs("pending", widen(pending));
        out.putLongs("claimed", widen(claimed));
        out.putLongs("enable", widen(enable));
        out.putLongs("threshold", widen(threshold));
    }

    public void restore(StateReader in) throws StateFormatException {
        narrow(in, "priority", priority);
        narrow(in, "level", level);
        narrow(in, "pending", pending);
        narrow(in, "claimed", claimed);
        narrow(in, "enable", enable);
        narrow(in, "threshold", threshold);
        update();
    }

    private static long[] widen(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static void narrow(StateReader in, String name, int[] target) throws StateFormatException {
        long[] wide = in.getLongs(name);
        if (wide.length != target.length) {
            throw new StateFormatException(
                    "saved PLIC has " + wide.length + " values of " + name + ", not " + target.length);
        }
        for (int i = 0; i < wide.length; i++) {
            target[i] = (int) wide[i];
        }
    }
}
