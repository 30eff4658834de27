package org.kemari.cli.selftest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineListener;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;
import org.kemari.cli.container.Container;
import org.kemari.cli.container.VmProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one ELF in M-mode, in a VM that exists as long as this takes. */
final class ElfRun {
    private static final Duration COME_UP_LIMIT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(ElfRun.class);

    private final Container container;
    private final long memoryBytes;
    private final Duration limit;

    ElfRun(Container container, long memoryBytes, Duration limit) {
        this.container = container;
        this.memoryBytes = memoryBytes;
        this.limit = limit;
    }

    /** {@code index} keeps VMs apart whose files' names differ only in what a VM's name may not have. */
    SelftestResult run(Path elf, int index) throws InterruptedException {
        String name = elf.getFileName().toString();
        String vm = vmName(name, index);
        try {
            container.configure(Container.VM_PID, vm, properties(vm, elf));
            return await(container.awaitMachine(vm, COME_UP_LIMIT), name);
        } catch (VmProblemException | IOException e) {
            return SelftestResult.unloadable(name, e.getMessage());
        } finally {
            remove(vm);
        }
    }

    static String vmName(String file, int index) {
        String legal = file.replaceAll("[^A-Za-z0-9._-]", "_");
        String suffix = "-" + index;
        return legal.substring(0, Math.min(legal.length(), 64 - suffix.length())) + suffix;
    }

    private Map<String, Object> properties(String vm, Path elf) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", vm);
        map.put("type", "riscv64-virt");
        map.put("memory", Long.toString(memoryBytes));
        map.put("harts", 1);
        map.put("kernel", elf.toAbsolutePath().toString());
        map.put("firmware", "none");
        map.put("append", "");
        map.put("consoles", new String[] {"none"});
        map.put("autostart", true);
        return map;
    }

    private SelftestResult await(Machine machine, String name) throws InterruptedException {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        MachineListener listener = (which, from, to, reason) -> {
            if (to == MachineState.STOPPED || to == MachineState.FAILED) {
                ended.complete(null);
            }
        };
        machine.addListener(listener);
        try {
            if (!isFinal(machine.status().state())) {
                ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            }
            return judge(name, machine.status());
        } catch (TimeoutException e) {
            return SelftestResult.timeout(name);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes this exceptionally", e);
        } finally {
            machine.removeListener(listener);
        }
    }

    static SelftestResult judge(String name, MachineStatus status) {
        if (status.state() == MachineState.FAILED || status.exitCode().isEmpty()) {
            return SelftestResult.crashed(name, status.reason());
        }
        int code = status.exitCode().getAsInt();
        return code == 0 ? SelftestResult.pass(name) : SelftestResult.fail(name, code);
    }

    private static boolean isFinal(MachineState state) {
        return state == MachineState.STOPPED || state == MachineState.FAILED;
    }

    private void remove(String vm) {
        try {
            container.remove(Container.VM_PID, vm);
        } catch (IOException | IllegalStateException e) {
            LOG.warn("vm={} stays until the container stops", vm, e);
        }
    }
}
