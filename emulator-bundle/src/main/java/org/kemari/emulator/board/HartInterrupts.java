package org.kemari.emulator.board;

/** The interrupt lines into the harts. */
@FunctionalInterface
public interface HartInterrupts {
    /** Bits of {@code mip} (RISC-V privileged 1.12 §3.1.9). */
    int SSIP = 1;

    int MSIP = 3;
    int STIP = 5;
    int MTIP = 7;
    int SEIP = 9;
    int MEIP = 11;

    void set(int hart, int mipBit, boolean level);
}
