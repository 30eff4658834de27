package org.kemari.api.machine;

/** Where a machine stands in its life. */
public enum MachineState {
    /** Built, or restored, and never run here: a standby, or a VM that waits for its start. */
    CREATED,
    /** The machine thread executes guest instructions, or sleeps in WFI. */
    RUNNING,
    /** Stopped at a block boundary; goes on with {@link Machine#start()}. */
    PAUSED,
    /** The guest switched itself off, or was stopped. Final. */
    STOPPED,
    /** An error of ours stopped this machine, and no other. Final. */
    FAILED
}
