package org.kemari.cli.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineListener;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionState;
import org.kemari.cli.CliException;
import org.kemari.cli.ExitStatus;
import org.kemari.cli.container.Container;
import org.kemari.cli.container.VmProblemException;
import org.kemari.cli.json.JsonFile;
import org.kemari.cli.json.RecordJson;
import org.kemari.cli.options.ConsoleOption;
import org.kemari.cli.options.InvalidOptionException;
import org.kemari.cli.options.NetworkOption;
import org.kemari.cli.options.VmOptions;

/** One VM from its configurations to its end, in the foreground. */
final class VmSession {
    /** Building a machine reads kernel and initrd and opens its ports; half a minute is far beyond a slow disk. */
    private static final Duration COME_UP_LIMIT = Duration.ofSeconds(30);

    private static final long STOP_SECONDS = 5;

    private final Container container;
    private final VmOptions vm;
    private final ContainerOptions options;
    private final PrintStream err;

    VmSession(Container container, VmOptions vm, ContainerOptions options, PrintStream err) {
        this.container = container;
        this.vm = vm;
        this.options = options;
        this.err = err;
    }

    /** Returns the exit status: what the guest told the finisher, where it did. */
    int run(boolean autostart, Optional<ProtectionSettings> protection, Optional<Path> report)
            throws CliException, InterruptedException {
        try {
            vm.check(options.hasEtc());
            if (protection.isPresent()) {
                protection.get().check();
            }
        } catch (InvalidOptionException e) {
            throw new CliException(ExitStatus.USAGE, e.getMessage(), e);
        }
        options.parentPid().ifPresent(ParentWatch::watch);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Optional<Terminal> terminal =
                vm.consoles().stream().anyMatch(ConsoleOption::isStdio) ? Terminal.open() : Optional.empty();
        try {
            Machine machine = bringUp(autostart, protection);
            int status = supervise(machine, ended);
            writeReport(machine, report);
            return status;
        } catch (InterruptedException e) {
            // Ctrl-A x, or a signal: the container stops, and the VM with it.
            return ExitStatus.OK;
        } catch (IOException e) {
            throw new CliException(ExitStatus.SOFTWARE, "the configuration cannot be stored: " + e.getMessage(), e);
        } finally {
            takeDown();
            terminal.ifPresent(Terminal::close);
        }
    }

    private Machine bringUp(boolean autostart, Optional<ProtectionSettings> protection)
            throws IOException, CliException, InterruptedException {
        for (NetworkOption network : vm.networks()) {
            container.configure(Container.NETWORK_PID, network.name(), network.properties());
        }
        container.configure(Container.VM_PID, vm.name(), vm.properties(autostart));
        if (protection.isPresent()) {
            Files.createDirectories(protection.get().arbiterFolder());
            container.configure(Container.FT_PID, vm.name(), protection.get().properties(vm.name()));
        }
        try {
            return container.awaitMachine(vm.name(), COME_UP_LIMIT);
        } catch (VmProblemException e) {
            throw new CliException(ExitStatus.USAGE, e.getMessage(), e);
        }
    }

    /** Waits for the machine's end. */
    private int supervise(Machine machine, CompletableFuture<Void> ended) throws CliException, InterruptedException {
        MachineListener listener = (which, from, to, reason) -> {
            if (isFinal(to)) {
                ended.complete(null);
            }
        };
        machine.addListener(listener);
        StatusReporter reporter =
                new StatusReporter(container, vm.name(), options.status().map(JsonFile::new), err);
        boolean fenced;
        try (reporter) {
            reporter.start();
            if (!isFinal(machine.status().state())) {
                ended.get();
            }
            fenced = container
                    .protection(vm.name())
                    .map(Protection::status)
                    .filter(status -> status.state() == ProtectionState.FENCED)
                    .isPresent();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes this exceptionally", e);
        } finally {
            machine.removeListener(listener);
        }
        return exitStatus(machine.status(), fenced);
    }

    private int exitStatus(MachineStatus status, boolean fenced) throws CliException {
        if (fenced) {
            throw new CliException(
                    ExitStatus.FENCED, "vm=" + vm.name() + " goes on at the other side: " + status.reason());
        }
        if (status.state() == MachineState.FAILED) {
            throw new CliException(ExitStatus.SOFTWARE, "vm=" + vm.name() + " failed: " + status.reason());
        }
        return status.exitCode().orElse(ExitStatus.OK);
    }

    private static void writeReport(Machine machine, Optional<Path> report) throws CliException {
        if (report.isPresent()) {
            try {
                new JsonFile(report.get()).write(RecordJson.of(RunReport.of(machine.status())));
            } catch (IOException e) {
                throw new CliException(
                        ExitStatus.FAILED,
                        "--report=" + report.get() + " cannot be written: " + e.getMessage()
                                + "; check folder and rights",
                        e);
            }
        }
    }

    /** Protection first, so that the other side hears a goodbye and not silence. */
    private void takeDown() throws InterruptedException {
        Optional<Machine> machine = container.machine(vm.name());
        try {
            container.remove(Container.FT_PID, vm.name());
            if (machine.isPresent() && !isFinal(machine.get().status().state())) {
                machine.get().stop("the user left").get(STOP_SECONDS, TimeUnit.SECONDS);
            }
            container.remove(Container.VM_PID, vm.name());
        } catch (IOException | IllegalStateException | ExecutionException | TimeoutException e) {
            // Stopping the container takes down what is left.
            err.println("kemari: vm=" + vm.name() + " was not taken down in order: " + e);
        }
    }

    private static boolean isFinal(MachineState state) {
        return state == MachineState.STOPPED || state == MachineState.FAILED;
    }
}
