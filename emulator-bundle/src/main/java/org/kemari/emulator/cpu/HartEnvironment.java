package org.kemari.emulator.cpu;

/** What a hart needs of the machine around it. Called during {@link Hart#run} with {@link Hart#instructions} exact. */
public interface HartEnvironment {
    /** The time CSR, now. */
    long time(Hart hart);

    /**
     * An ecall from S-mode. True if it was answered here, with the result in the registers: the hart goes on behind
     * it. False: the hart takes the trap.
     */
    boolean supervisorCall(Hart hart);

    /** stimecmp, or whether it counts ({@link Hart#sstcEnabled}), changed: STIP is to be driven anew. */
    void timerCompareWritten(Hart hart);
}
