package org.kemari.cli;

import java.util.Optional;
import org.kemari.api.guest.Guest;
import org.kemari.api.guest.GuestException;
import org.kemari.cli.container.Container;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kemari guest}. */
@Command(
        name = "guest",
        description = "Gets ready-made guests.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "fetch")
final class GuestCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private final Container container;

    GuestCommand(Container container) {
        this.container = container;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(
            name = "fetch",
            description = {
                "Gets a guest into the cache folder, checked; at once if it is there.",
                "linux: a Debian kernel and a small initramfs with Redis. tiny: our own."
            },
            mixinStandardHelpOptions = true)
    int fetch(
            @Parameters(
                            paramLabel = "GUEST",
                            arity = "0..1",
                            defaultValue = "linux",
                            description = "linux or tiny (${DEFAULT-VALUE}).")
                    String name,
            @Option(
                            names = "--mirror",
                            paramLabel = "URL",
                            description = "Debian mirror; else KEMARI_DEBIAN_MIRROR, else what apt uses here.")
                    String mirror)
            throws CliException {
        try {
            Guest guest = new GuestFetch(container, System.err).fetch(name, Optional.ofNullable(mirror));
            System.out.println("kernel " + guest.kernel());
            guest.initrd().ifPresent(initrd -> System.out.println("initrd " + initrd));
            return ExitStatus.OK;
        } catch (GuestException e) {
            throw new CliException(ExitStatus.FAILED, e.getMessage(), e);
        }
    }
}
