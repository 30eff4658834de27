package org.kemari.api.machine;

import java.util.OptionalInt;

/**
 * A consistent view of a machine, at most one slice old.
 *
 * @param state where it stands
 * @param reason why, in a sentence; empty if there is nothing to say
 * @param instructions instructions retired by all harts since reset
 * @param guestNanos guest time since reset
 * @param exitCode what the guest told the finisher: 0 for power-off, 2 for a reset, its code for a failure
 * @param wallNanos time since the machine's reset, or from reset to power-off
 * @param cpuNanos CPU time of the machine thread
 */
public record MachineStatus(
        MachineState state,
        String reason,
        long instructions,
        long guestNanos,
        OptionalInt exitCode,
        long wallNanos,
        long cpuNanos) {}
