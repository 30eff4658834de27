package org.kemari.emulator.cpu;

/** Nothing answers at an address: the hart takes an access fault. Without a stack trace, so throw one made before. */
public final class BusFault extends Exception {
    private static final long serialVersionUID = 1L;

    public BusFault() {
        super("no device at this address", null, false, false);
    }
}
