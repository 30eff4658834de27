package org.kemari.emulator.cpu;

/** What a hart meets outside RAM. Called during {@link Hart#run} with {@link Hart#instructions} exact. */
public interface Mmio {
    /** Reads 1, 2, 4 or 8 bytes; unused upper bits may be anything. */
    long read(long address, int sizeBytes) throws BusFault;

    void write(long address, int sizeBytes, long value) throws BusFault;
}
