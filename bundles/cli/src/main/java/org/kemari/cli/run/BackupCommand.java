package org.kemari.cli.run;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.kemari.cli.container.Container;
import org.kemari.cli.options.HostPort;
import org.kemari.cli.options.VmOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kemari backup}. */
@Command(
        name = "backup",
        description = {
            "Stands by for a VM that runs elsewhere, and goes on with it when its host is lost.",
            "Give the same VM options as to kemari run there."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class BackupCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where the primary connects to.")
    private HostPort listen;

    @Mixin
    private HeartbeatOptions heartbeat;

    @Mixin
    private VmOptions vm;

    @Mixin
    private ContainerOptions options;

    private final Container container;

    public BackupCommand(Container container) {
        this.container = container;
    }

    @Override
    public Integer call() throws Exception {
        ProtectionSettings settings = new ProtectionSettings(false, listen, options.arbiterFolder(), heartbeat);
        return new VmSession(container, vm, options, System.err).run(false, Optional.of(settings), Optional.empty());
    }
}
