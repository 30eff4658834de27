package org.kemari.eventtap;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineListener;
import org.kemari.api.machine.MachineStatus;
import org.kemari.api.machine.MachineTask;

/** A machine that is nothing but its thread. */
final class FakeMachine implements Machine, AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(r -> new Thread(r, "machine"));
    private volatile boolean throttled;

    boolean throttled() {
        return throttled;
    }

    /** Does something as the guest would, on the machine thread, and waits for it. */
    void guest(Runnable action) {
        CompletableFuture.runAsync(action, thread).join();
    }

    @Override
    public <T> CompletableFuture<T> call(MachineTask<T> task) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return task.run(null);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                thread);
    }

    @Override
    public void throttle(String cause, boolean on) {
        throttled = on;
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    @Override
    public MachineConfig config() {
        return new MachineConfig(
                "vm",
                MachineConfig.TYPE_RISCV64_VIRT,
                1 << 20,
                1,
                Optional.empty(),
                Optional.empty(),
                MachineConfig.FIRMWARE_NONE,
                "",
                java.util.List.of(),
                Optional.empty());
    }

    @Override
    public MachineStatus status() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void start() {}

    @Override
    public CompletableFuture<Void> pause(String reason) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> stop(String reason) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Inbox inbox() {
        return input -> true;
    }

    @Override
    public CompletableFuture<Void> snapshot(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addListener(MachineListener listener) {}

    @Override
    public void removeListener(MachineListener listener) {}
}
