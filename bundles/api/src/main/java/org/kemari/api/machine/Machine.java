package org.kemari.api.machine;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * One virtual machine. Registered as a service with {@link #VM}. Every method may be called from any thread; what
 * touches the guest is done by the machine thread, at a block boundary; but for {@link #callStanding}.
 */
public interface Machine {
    /** Service property: the VM's name. */
    String VM = "kemari.vm";

    MachineConfig config();

    MachineStatus status();

    /**
     * How the machine does its work, by name, in the order to be shown: for people, who find out with it where a guest's
     * time goes. Which there are is each machine's own affair; empty by default. As of the last clock input.
     */
    default Map<String, Long> counters() {
        return Map.of();
    }

    /**
     * From CREATED or PAUSED to RUNNING. A machine that goes live for the first time here opens its ports, and issues
     * again the requests that its restored state says are in flight.
     *
     * @throws IllegalStateException if it is STOPPED or FAILED
     */
    void start();

    /** Stops at the next block boundary; the returned future completes when it stands. */
    CompletableFuture<Void> pause(String reason);

    /** Takes the machine down for good, closing its devices; completes when its thread has ended. */
    CompletableFuture<Void> stop(String reason);

    /** The door for everything that the guest may notice. */
    Inbox inbox();

    /**
     * Runs {@code task} on the machine thread at the next block boundary, in any state but STOPPED and FAILED (then the
     * future fails). Not seen by the guest: no input, no time.
     */
    <T> CompletableFuture<T> call(MachineTask<T> task);

    /**
     * As {@link #call}, but lets a busy guest go on first: runs {@code task} when every hart waits, or when it is
     * {@code due}, whichever comes first. What a guest does in one go, as answering several peers, is then done. A machine
     * that cannot tell runs the task at once.
     *
     * @param due asked on the machine thread, every 150 µs or so while the guest executes
     */
    default <T> CompletableFuture<T> callAtRest(MachineTask<T> task, BooleanSupplier due) {
        return call(task);
    }

    /**
     * As {@link #call}, but for a machine that has not started: where nothing else waits for it and its thread rests, the
     * calling thread runs {@code task} itself and the future is done on return. For what is worth less than two changes of
     * thread. Still one task at a time.
     */
    default <T> CompletableFuture<T> callStanding(MachineTask<T> task) {
        return call(task);
    }

    /**
     * Holds the guest back: it executes nothing while at least one cause holds. Used where its outputs meet a bound.
     * Inputs still wait in the inbox, tasks still run.
     */
    void throttle(String cause, boolean on);

    /** Writes a snapshot of the running machine; the guest is stopped no longer than for a checkpoint. */
    CompletableFuture<Void> snapshot(Path file);

    void addListener(MachineListener listener);

    void removeListener(MachineListener listener);
}
