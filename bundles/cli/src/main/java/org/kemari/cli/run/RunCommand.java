package org.kemari.cli.run;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.kemari.cli.CliException;
import org.kemari.cli.ExitStatus;
import org.kemari.cli.container.Container;
import org.kemari.cli.options.HostPort;
import org.kemari.cli.options.VmOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kemari run}. */
@Command(
        name = "run",
        description = {
            "Runs a VM with its console on the terminal; Ctrl-A x leaves.",
            "The exit status is what the guest told the finisher: 0 for a power-off."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class RunCommand implements Callable<Integer> {
    @Mixin
    private VmOptions vm;

    @Option(
            names = "--protect",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Protect the VM by the backup that listens there.")
    private HostPort protect;

    @Mixin
    private HeartbeatOptions heartbeat;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "At the end, write JSON: instructions, wallSeconds, cpuSeconds, mips, exitCode.")
    private Path report;

    @Mixin
    private ContainerOptions options;

    private final Container container;

    public RunCommand(Container container) {
        this.container = container;
    }

    @Override
    public Integer call() throws Exception {
        if (protect == null && heartbeat.given()) {
            throw new CliException(
                    ExitStatus.USAGE,
                    "--heartbeat and --heartbeat-limit belong to a protected VM; add --protect HOST:PORT");
        }
        Optional<ProtectionSettings> protection = Optional.ofNullable(protect)
                .map(peer -> new ProtectionSettings(true, peer, options.arbiterFolder(), heartbeat));
        return new VmSession(container, vm, options, System.err).run(true, protection, Optional.ofNullable(report));
    }
}
