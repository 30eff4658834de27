package org.kemari.cli.run;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** Options about the container rather than the VM: the same for {@code run} and {@code backup}. */
public final class ContainerOptions {
    @Option(
            names = "--arbiter",
            paramLabel = "DIR",
            description = {
                "Folder that both hosts reach; who wins a VM's term there may run it.",
                "The default lies in your state folder (~/.local/state/kemari/terms)."
            })
    Path arbiter;

    @Option(
            names = "--etc",
            paramLabel = "DIR",
            description = "Folder watched for org.kemari.*.cfg files: configuration while the VM runs.")
    Path etc;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder for the container's own cache; without it a temporary one.")
    Path home;

    @Option(
            names = "--status",
            paramLabel = "FILE",
            description = "JSON of machine and protection, rewritten four times a second.")
    Path status;

    /** A child of the demo ends with it, even if that was killed. */
    @Option(names = "--parent-pid", paramLabel = "PID", hidden = true)
    Long parentPid;

    Path arbiterFolder() {
        if (arbiter != null) {
            return arbiter.toAbsolutePath();
        }
        String state = System.getenv("XDG_STATE_HOME");
        Path base = state == null || state.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        return base.resolve("kemari").resolve("terms").toAbsolutePath();
    }

    boolean hasEtc() {
        return etc != null;
    }

    Optional<Path> status() {
        return Optional.ofNullable(status);
    }

    OptionalLong parentPid() {
        return parentPid == null ? OptionalLong.empty() : OptionalLong.of(parentPid);
    }
}
