package org.kemari.api.protection;

/**
 * A consistent view of a protection.
 *
 * @param role this side
 * @param mode what is shipped when
 * @param state where it stands
 * @param reason why, in a sentence
 * @param peer the other side's address; empty if not connected
 * @param term the VM's term that this side knows
 * @param epoch primary: running epoch; backup: last committed
 * @param acknowledgedEpoch last epoch that both sides know to be whole at the backup
 * @param epochs transactions committed in this session
 * @param pauseMicrosP50 median time that a checkpoint stopped the guest, until its last page was fetched
 * @param pauseMicrosP99 99th percentile of it
 * @param dirtyPagesP50 median of pages per epoch
 * @param bytesReplicated bytes on the wire, this session
 * @param syncMillis how long the first full copy took
 * @param detectMillis backup, after a failover: from the last sign of life to the decision; else 0
 * @param takeoverMillis backup, after a failover: from the decision to RUNNING; else 0
 */
public record ProtectionStatus(
        ProtectionRole role,
        ProtectionMode mode,
        ProtectionState state,
        String reason,
        String peer,
        long term,
        long epoch,
        long acknowledgedEpoch,
        long epochs,
        long pauseMicrosP50,
        long pauseMicrosP99,
        long dirtyPagesP50,
        long bytesReplicated,
        long syncMillis,
        long detectMillis,
        long takeoverMillis) {}
