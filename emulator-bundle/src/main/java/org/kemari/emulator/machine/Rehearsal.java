package org.kemari.emulator.machine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.GuestRam;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.machine.MachineListener;
import org.kemari.api.machine.MachineState;
import org.kemari.api.state.StateFormatException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warms up the Java VM for a machine that stands by: executes the start of the same guest on a scratch board, which is
 * then thrown away. A guest that goes on here after a failover would otherwise begin in cold code, slower by hundreds of
 * milliseconds. The machine itself, its devices and their ports are never touched: the board's slots are silent, but for
 * a UART whose output goes nowhere. On a thread of its own, half of one processor's time at most, until enough was
 * executed, memory becomes short, or the machine starts or ends. A rehearsal that fails changes nothing.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    /** A machine that is to start at once has started by then. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Enough of a Linux boot for the compiler to be through with the interpreter. */
    private static final long MAX_INSTRUCTIONS = 800_000_000;

    private static final long MAX_CPU_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Two milliseconds or so: how long an end waits at most. */
    private static final long SLICE = 50_000;

    private static final int SLICES_A_ROUND = 50;

    /** Of the heap, what is left alone for the machine that is stood by for. */
    private static final long SPARED_BYTES = 64L << 20;

    private final Machine machine;
    private final Thread thread;
    private final MachineListener listener = this::stateChanged;
    private volatile boolean over;
    private volatile long executed;

    private Rehearsal(Machine machine) {
        this.machine = machine;
        thread = new Thread(this::live, "kemari-rehearsal-" + machine.config().name());
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /** Begins one for a machine that stands still; empty if its configuration says nothing of how its guest starts. */
    public static Optional<Rehearsal> begin(Machine machine) {
        if (machine.config().restore().isPresent() || machine.config().kernel().isEmpty()) {
            return Optional.empty();
        }
        Rehearsal rehearsal = new Rehearsal(machine);
        machine.addListener(rehearsal.listener);
        rehearsal.thread.start();
        return Optional.of(rehearsal);
    }

    /** Ends it soon; any thread. */
    public void end() {
        over = true;
        LockSupport.unpark(thread);
    }

    /** Instructions executed so far. */
    long executed() {
        return executed;
    }

    /** Waits until its thread has ended. */
    public void await(long limitMillis) throws InterruptedException {
        thread.join(limitMillis);
    }

    private void stateChanged(Machine changed, MachineState from, MachineState to, String reason) {
        end();
    }

    private void live() {
        String vm = machine.config().name();
        try {
            rest(GRACE_NANOS);
            if (!over && machine.status().state() == MachineState.CREATED) {
                rehearse();
            }
        } catch (MachineConfigException | StateFormatException | IOException | RuntimeException e) {
            LOG.warn("vm={} its start was not rehearsed; a failover begins in cold code", vm, e);
        } finally {
            machine.removeListener(listener);
        }
    }

    private void rest(long nanos) {
        long until = System.nanoTime() + nanos;
        long left = nanos;
        while (!over && left > 0) {
            LockSupport.parkNanos(left);
            left = until - System.nanoTime();
        }
    }

    private void rehearse() throws MachineConfigException, StateFormatException, IOException {
        MachineConfig config = machine.config();
        // Files are read whole, and then copied into RAM.
        long bootBytes = 2 * (size(config.kernel()) + size(config.initrd()));
        if (spareBytes() < bootBytes) {
            LOG.debug("vm={} its start is not rehearsed: {} bytes of heap are left", config.name(), spareBytes());
            return;
        }
        VirtBoard board = VirtMachineBuilder.board(config, new byte[0]);
        for (DeviceSlot slot : board.slots()) {
            if (slot.spec().type().equals(DevicePlaces.UART_TYPE)) {
                slot.insert(new DiscardingUart());
            }
        }
        // The machine asks it when it starts; the first time it costs a lot of class loading.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpuBefore = threads.getCurrentThreadCpuTime();
        long maxPages = config.memoryBytes() / GuestRam.PAGE_BYTES / 4;
        long pages = 0;
        GuestPace pace = new GuestPace(0);
        try (DirtyTracker touched = board.ram().track()) {
            // Kernel and initrd are in RAM already, and were reckoned with above.
            long bootPages = touched.dirtyPages();
            for (int round = 0; !over; round++) {
                round(board, pace);
                executed = board.count();
                pages = touched.dirtyPages();
                long cpu = threads.getCurrentThreadCpuTime() - cpuBefore;
                if (board.ending().isPresent()
                        || board.count() >= MAX_INSTRUCTIONS
                        || cpu >= MAX_CPU_NANOS
                        || pages - bootPages >= maxPages
                        || spareBytes() <= 0) {
                    break;
                }
                board.restoreState(board.saveState());
            }
        }
        LOG.info(
                "vm={} rehearsed its start: instructions={} millis={} mebibytes={}{}",
                config.name(),
                board.count(),
                (threads.getCurrentThreadCpuTime() - cpuBefore) / 1_000_000,
                pages >> 8,
                over ? ", cut short" : "");
    }

    /** Executes some slices. */
    private void round(VirtBoard board, GuestPace pace) {
        for (int i = 0; i < SLICES_A_ROUND && !over && board.ending().isEmpty(); i++) {
            long began = System.nanoTime();
            Optional<Input> clock = pace.next(board);
            if (clock.isEmpty()) {
                // Waits for what does not come.
                end();
                break;
            }
            board.apply(clock.get());
            board.advance(SLICE);
            rest(Math.min(System.nanoTime() - began, 5_000_000));
        }
    }

    private static long size(Optional<Path> file) throws IOException {
        return file.isPresent() ? Files.size(file.get()) : 0;
    }

    /** Heap that is neither used nor to be spared; less than there is, since garbage counts as used. */
    private static long spareBytes() {
        Runtime heap = Runtime.getRuntime();
        return heap.maxMemory() - (heap.totalMemory() - heap.freeMemory()) - SPARED_BYTES;
    }
}
