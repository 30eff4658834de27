package org.kemari.shell;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.machine.Machine;
import org.kemari.api.protection.Protection;

/** A VM of this container: its machine, and its protection; at least one of the two. */
record VirtualMachine(String name, Optional<Machine> machine, Optional<Protection> protection) {
    /** A gigabyte of RAM to a slow disk, or through a slow network. */
    private static final long LIMIT_SECONDS = 120;

    VirtualMachine with(Optional<Machine> next) {
        return new VirtualMachine(name, next, protection);
    }

    VirtualMachine withProtection(Optional<Protection> next) {
        return new VirtualMachine(name, machine, next);
    }

    /** Null, for the map, if nothing is left. */
    VirtualMachine without(Machine gone) {
        return machine.filter(is -> is == gone).isEmpty()
                ? this
                : with(Optional.empty()).orNull();
    }

    VirtualMachine without(Protection gone) {
        return protection.filter(is -> is == gone).isEmpty()
                ? this
                : withProtection(Optional.empty()).orNull();
    }

    private VirtualMachine orNull() {
        return machine.isEmpty() && protection.isEmpty() ? null : this;
    }

    String snapshot(String file) throws InterruptedException {
        Machine running = machine.orElseThrow(() -> new IllegalStateException(
                "VM " + name + " has no machine here; its configuration was refused, see the log"));
        Path path = Path.of(file).toAbsolutePath();
        await(running.snapshot(path), "snapshot " + path + " of VM " + name);
        return "snapshot of VM " + name + " written to " + path;
    }

    String handOver() throws InterruptedException {
        Protection protecting = protection.orElseThrow(() -> new IllegalStateException(
                "VM " + name + " is not protected; use kemari:protect " + name + " HOST:PORT first"));
        await(protecting.handOver(), "hand-over of VM " + name);
        return "VM " + name + " goes on at its backup";
    }

    private static void await(CompletableFuture<Void> future, String what) throws InterruptedException {
        try {
            future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(what + " was not done within " + LIMIT_SECONDS + " s; see the log", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + " failed: " + e.getCause().getMessage(), e);
        }
    }
}
