package org.kemari.emulator.cpu;

/** Ends a block behind an instruction that reached a device or wrote to code. Made once per hart. */
final class BlockEnd extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether the instruction is a load whose register is still to be written with {@link #value}. */
    boolean load;

    long value;

    BlockEnd() {
        super("end of block", null, false, false);
    }

    BlockEnd plain() {
        load = false;
        return this;
    }

    BlockEnd withLoaded(long loaded) {
        load = true;
        value = loaded;
        return this;
    }
}
