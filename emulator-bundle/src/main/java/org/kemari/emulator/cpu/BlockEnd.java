package org.kemari.emulator.cpu;

/** Ends a block behind an instruction that reached a device or wrote to code. Made once per hart. */
final class BlockEnd extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BlockEnd() {
        super("end of block", null, false, false);
    }
}
