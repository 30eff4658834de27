package org.kemari.emulator.cpu;

import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.ram.Ram;

/** One RV64GC hart. Machine thread only. */
public final class Hart {
    private final int id;
    private final long[] x = new long[64];

    public Hart(int id, int hartCount, Ram ram, Mmio mmio, HartEnvironment environment) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    /** Back to reset; x10 and x11 hold {@code a0} and {@code a1}, all else is as the specification has it. */
    public void reset(long pc, PrivilegeMode mode, long a0, long a1) {
        throw new UnsupportedOperationException();
    }

    /**
     * Executes until {@code maxInstructions} were executed (retired or trapped), or the hart waits in WFI, or
     * {@link #requestStop} was called; returns how many were.
     */
    public long run(long maxInstructions) {
        throw new UnsupportedOperationException();
    }

    /** Ends the current run after the current instruction; for callbacks during {@link #run}. */
    public void requestStop() {
        throw new UnsupportedOperationException();
    }

    /** True while the hart stands in WFI and no interrupt that mie enables is pending. */
    public boolean waiting() {
        throw new UnsupportedOperationException();
    }

    /** All instructions executed since reset; exact in callbacks during {@link #run}, the current one not counted. */
    public long instructions() {
        throw new UnsupportedOperationException();
    }

    public long x(int index) {
        return x[index];
    }

    public void setX(int index, long value) {
        if (index != 0) {
            x[index] = value;
        }
    }

    public long pc() {
        throw new UnsupportedOperationException();
    }

    public PrivilegeMode mode() {
        throw new UnsupportedOperationException();
    }

    /** Drives one bit of mip: SSIP 1, MSIP 3, STIP 5, MTIP 7, SEIP 9, MEIP 11. */
    public void setInterrupt(int mipBit, boolean level) {
        throw new UnsupportedOperationException();
    }

    public long stimecmp() {
        throw new UnsupportedOperationException();
    }

    /** menvcfg.STCE: stimecmp drives STIP. */
    public boolean sstcEnabled() {
        throw new UnsupportedOperationException();
    }

    /** Forgets every translation, as after an SFENCE.VMA of all addresses. */
    public void flushTlb() {
        throw new UnsupportedOperationException();
    }

    public void save(StateWriter out) {
        throw new UnsupportedOperationException();
    }

    /** Reads back what {@link #save} wrote and forgets TLBs; nothing changes if it throws. */
    public void restore(StateReader in) throws StateFormatException {
        throw new UnsupportedOperationException();
    }
}
