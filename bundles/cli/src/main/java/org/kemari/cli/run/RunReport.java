package org.kemari.cli.run;

import java.util.OptionalInt;
import org.kemari.api.machine.MachineStatus;

/**
 * What a run came to.
 *
 * @param instructions retired by all harts
 * @param wallSeconds from reset to power-off
 * @param cpuSeconds of the machine thread
 * @param mips instructions ÷ wallSeconds ÷ 10⁶
 * @param exitCode what the guest told the finisher, if it did
 */
public record RunReport(long instructions, double wallSeconds, double cpuSeconds, double mips, OptionalInt exitCode) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLION = 1e6;

    static RunReport of(MachineStatus status) {
        double wall = status.wallNanos() / NANOS_PER_SECOND;
        return new RunReport(
                status.instructions(),
                wall,
                status.cpuNanos() / NANOS_PER_SECOND,
                wall > 0 ? status.instructions() / wall / MILLION : 0,
                status.exitCode());
    }
}
