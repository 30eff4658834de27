package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.GuestTrap;

/** What a hart is apart from CSRs, plus the few flags by which its parts speak to the interpreter. */
final class HartState {
    static final int USER = 0;
    static final int SUPERVISOR = 1;
    static final int MACHINE = 3;

    final int id;

    static final int REGISTERS = 64;

    /** Integer registers; {@link Op#SINK} takes writes to x0. Replaced by a copy when the interpreter is entered. */
    long[] x = new long[REGISTERS];

    /** Floating-point registers, single precision values NaN-boxed. */
    final long[] f = new long[32];

    /** Address of the next instruction; up to date between blocks only when {@link #attention} is looked at. */
    long pc;

    int mode = MACHINE;

    /** In WFI. */
    boolean waiting;

    /** Something is to be looked at before the next block: an interrupt, a stop, WFI. */
    boolean attention;

    boolean stopRequested;

    /** Instructions executed, the current one not counted; the interpreter brings it up to date for slow paths. */
    long executed;

    /** Executed instructions that trapped instead of retiring. */
    long trapped;

    /** Set by what may change interrupt lines or code in the middle of a block: the block ends behind it. */
    boolean endBlock;

    final GuestTrap trap = new GuestTrap();

    HartState(int id) {
        this.id = id;
    }

    /**
     * Whether the block ends behind the instruction just executed; true once. Told and not thrown: where HotSpot does not
     * take the whole way to a device into one piece of code, a throw costs as much as the device.
     */
    boolean takeEndBlock() {
        boolean over = endBlock;
        endBlock = false;
        return over;
    }

    long instructions() {
        return executed;
    }
}
