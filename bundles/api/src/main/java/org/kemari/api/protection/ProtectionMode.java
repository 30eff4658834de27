package org.kemari.api.protection;

/** When state or inputs are shipped. */
public enum ProtectionMode {
    /** Not at all. */
    OFF,
    /** The state, when an output waits. */
    EVENT,
    /** The state, every epoch. */
    PERIODIC,
    /** The inputs, as they are taken; the backup executes along. */
    LOCKSTEP
}
