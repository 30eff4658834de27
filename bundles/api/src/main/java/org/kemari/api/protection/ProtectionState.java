package org.kemari.api.protection;

/** Where a protection stands. */
public enum ProtectionState {
    /** Primary: looks for its backup; outputs pass. Backup: waits for its primary, holds nothing. */
    CONNECTING,
    /** The first full copy is under way; the backup cannot go on from it yet. */
    SYNCHRONISING,
    /** Primary: outputs are held until acknowledged. Backup: holds a whole state. */
    PROTECTED,
    /** The other side is lost; asks the arbiter for the next term. Outputs stay held. */
    CLAIMING,
    /** Backup: has won the term and restores. */
    TAKING_OVER,
    /** The VM runs here, outputs pass, nobody holds a copy. */
    UNPROTECTED,
    /** The arbiter cannot be reached: the VM stands still and nothing is released. */
    PAUSED,
    /** The other side has the term: this copy is stopped for good. */
    FENCED,
    /** Switched off, or stopped. */
    OFF
}
