package org.kemari.emulator.mmu;

/** Physical memory protection with 16 entries and a granularity of 4 bytes (privileged 1.13 §3.7). */
public final class Pmp {
    public static final int ENTRIES = 16;

    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int LOCKED = 0x80;
    private static final int OFF = 0;
    private static final int TOR = 1;
    private static final int NA4 = 2;
    private static final long ADDRESS_MASK = (1L << 54) - 1;

    private final int[] config = new int[ENTRIES];
    private final long[] address = new long[ENTRIES];
    private final long[] start = new long[ENTRIES];

    /** Last byte of the entry's range; below {@link #start} if the entry is empty. */
    private final long[] last = new long[ENTRIES];

    private boolean anyLocked;

    /** The first entry that is on covers everything and permits everything: nothing needs checking below M. */
    private boolean openToAll;

    public void reset() {
        for (int i = 0; i < ENTRIES; i++) {
            config[i] = 0;
            address[i] = 0;
        }
        evaluate();
    }

    /** All of memory open to every mode: how firmware leaves it before it enters S-mode. */
    public void open() {
        reset();
        config[0] = 3 << 3 | READ | WRITE | EXECUTE;
        address[0] = ADDRESS_MASK;
        evaluate();
    }

    public long readAddress(int index) {
        return address[index];
    }

    public void writeAddress(int index, long value) {
        boolean topOfLockedRange =
                index + 1 < ENTRIES && (config[index + 1] & LOCKED) != 0 && kind(config[index + 1]) == TOR;
        if ((config[index] & LOCKED) == 0 && !topOfLockedRange) {
            address[index] = value & ADDRESS_MASK;
            evaluate();
        }
    }

    /** Eight entries' configuration from {@code first} on, as pmpcfg0 and pmpcfg2 hold it. */
    public long readConfig(int first) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value |= (long) config[first + i] << 8 * i;
        }
        return value;
    }

    public void writeConfig(int first, long value) {
        for (int i = 0; i < 8; i++) {
            int wanted = (int) (value >>> 8 * i) & 0x9f;
            if ((config[first + i] & LOCKED) == 0) {
                // W without R is reserved (§3.7.1): the write bit is dropped.
                config[first + i] = (wanted & 3) == WRITE ? wanted & ~WRITE : wanted;
            }
        }
        evaluate();
    }

    private static int kind(int config) {
        return config >> 3 & 3;
    }

    private void evaluate() {
        anyLocked = false;
        openToAll = false;
        boolean first = true;
        for (int i = 0; i < ENTRIES; i++) {
            int kind = kind(config[i]);
            start[i] = 1;
            last[i] = 0;
            if (kind == OFF) {
                continue;
            }
            anyLocked |= (config[i] & LOCKED) != 0;
            if (kind == TOR) {
                start[i] = i == 0 ? 0 : address[i - 1] << 2;
                last[i] = (address[i] << 2) - 1;
                if (address[i] == 0) {
                    start[i] = 1;
                    last[i] = 0;
                }
            } else if (kind == NA4) {
                start[i] = address[i] << 2;
                last[i] = start[i] + 3;
            } else {
                int ones = Long.numberOfTrailingZeros(~address[i]);
                long size = 8L << Math.min(ones, 54);
                start[i] = address[i] << 2 & -size;
                last[i] = start[i] + size - 1;
            }
            if (first && start[i] == 0 && last[i] >= (1L << 56) - 1) {
                openToAll = (config[i] & 7) == 7;
            }
            first = false;
        }
    }

    /** True if the access, all of it, is permitted; {@code machine} says it is made with M's rights. */
    public boolean permits(long physical, int lengthBytes, int access, boolean machine) {
        if (machine ? !anyLocked : openToAll) {
            return true;
        }
        long end = physical + lengthBytes - 1;
        for (int i = 0; i < ENTRIES; i++) {
            if (last[i] < start[i] || end < start[i] || physical > last[i]) {
                continue;
            }
            if (physical < start[i] || end > last[i]) {
                return false; // §3.7.1: the entry must match all bytes of the access
            }
            if (machine && (config[i] & LOCKED) == 0) {
                return true;
            }
            int needed = access == Access.FETCH ? EXECUTE : access == Access.LOAD ? READ : WRITE;
            return (config[i] & needed) != 0;
        }
        return machine;
    }

    /** True if the whole page is treated alike, so that a TLB may answer for it. */
    public boolean uniform(long physical, boolean machine) {
        if (machine ? !anyLocked : openToAll) {
            return true;
        }
        long pageStart = physical & -4096L;
        long pageLast = pageStart + 4095;
        for (int i = 0; i < ENTRIES; i++) {
            if (last[i] < start[i] || pageLast < start[i] || pageStart > last[i]) {
                continue;
            }
            return pageStart >= start[i] && pageLast <= last[i];
        }
        return true;
    }

    /** Configuration and addresses, for the saved state. */
    public long[] save() {
        long[] values = new long[2 * ENTRIES];
        for (int i = 0; i < ENTRIES; i++) {
            values[i] = config[i];
            values[ENTRIES + i] = address[i];
        }
        return values;
    }

    public void restore(long[] values) {
        for (int i = 0; i < ENTRIES; i++) {
            config[i] = (int) values[i];
            address[i] = values[ENTRIES + i];
        }
        evaluate();
    }
}
