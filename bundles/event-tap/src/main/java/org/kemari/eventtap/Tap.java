package org.kemari.eventtap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.machine.Machine;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputGate;
import org.kemari.api.tap.OutputProxy;
import org.kemari.api.tap.SealedEpoch;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;
import org.kemari.api.tap.TapListener;
import org.kemari.api.tap.TapStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VM's tap. While it holds, every proxy of the VM, those that come later too, hands its outputs to this tap's gate.
 *
 * <p>Invariants: an output of a gated proxy is either held or, if it is a change of a disk that is not shared, delivered
 * and recorded; held outputs leave in the order in which they came; nothing is dropped but by {@link #fence}. The bound on
 * what is held is kept by throttling the guest, which may exceed it by what one slice says.
 */
public final class Tap implements EventTap {
    private static final Logger LOG = LoggerFactory.getLogger(Tap.class);

    /** The cause under which this tap throttles the machine. */
    static final String THROTTLE = "tap";
    /** A proxy that appears waits this long for its gate: a machine thread takes tasks between two slices. */
    private static final long GATE_WAIT_MILLIS = 2_000;

    /** How the gate treats outputs. */
    private enum Mode {
        /** No gate is set. */
        OFF,
        /** Everything passes; changes of disks that are not shared are recorded. */
        RECORDING,
        /** Outputs are held. */
        HOLDING,
        /** Everything is dropped: this copy may not speak any more. */
        FENCED
    }

    private final String vm;
    private final Machine machine;
    private volatile TapBounds bounds;
    private final OutputGate gate = this::accept;
    private final Map<HeldOutputs.Port, OutputProxy> proxies = new ConcurrentHashMap<>();
    private final HeldOutputs held = new HeldOutputs(proxies::get);
    private final Object throttleLock = new Object();

    private volatile Mode mode = Mode.OFF;
    private volatile long epoch;
    private volatile TapListener listener;
    /** The thread that armed or recorded: from there gates are set at once. */
    private volatile Thread machineThread;

    // Of the running epoch; machine thread only.
    private List<DeviceOutput> outputs = new ArrayList<>();
    private List<DeviceOutput> diskChanges = new ArrayList<>();
    private boolean announced;

    /** What {@link #diskChanges} keeps alive; counts towards the bound. Written by the machine thread. */
    private volatile long changeBytes;

    private volatile int changeCount;
    private boolean throttled;

    public Tap(String vm, Machine machine, TapBounds bounds) {
        this.vm = vm;
        this.machine = machine;
        this.bounds = bounds;
    }

    /** Other bounds from here on; any thread. */
    void bounds(TapBounds wanted) {
        bounds = wanted;
        settleThrottle();
    }

    @Override
    public String vm() {
        return vm;
    }

    @Override
    public Collection<OutputProxy> proxies() {
        return List.copyOf(proxies.values());
    }

    /**
     * A proxy is there, or back. Returns when it has its gate, so that whoever registers it before it goes live lets
     * nothing pass the tap.
     */
    public void add(OutputProxy proxy) {
        HeldOutputs.Port port = HeldOutputs.Port.of(proxy);
        proxies.put(port, proxy);
        held.returned(port);
        settleThrottle();
        // The map is written before the mode is read, and arm() does it the other way round: one of the two sets it.
        if (mode == Mode.OFF) {
            return;
        }
        if (Thread.currentThread() == machineThread) {
            settle(port);
            return;
        }
        try {
            machine.call(view -> {
                        settle(port);
                        return null;
                    })
                    .get(GATE_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("vm={} device={} has no gate yet: the machine does not answer", vm, proxy.device(), e);
        }
    }

    /** A proxy goes. What is held for it stays until one of its name is back. */
    public void remove(OutputProxy proxy) {
        proxies.remove(HeldOutputs.Port.of(proxy), proxy);
    }

    private void settle(HeldOutputs.Port port) {
        OutputProxy proxy = proxies.get(port);
        if (proxy != null) {
            proxy.gate(mode == Mode.OFF ? Optional.empty() : Optional.of(gate));
        }
    }

    @Override
    public void record(long firstEpoch, TapListener newListener) {
        if (mode != Mode.OFF) {
            throw new IllegalStateException("the tap of " + vm + " is " + mode + "; disarm it first");
        }
        enter(Mode.RECORDING, firstEpoch, newListener);
    }

    @Override
    public void arm(long firstEpoch, TapListener newListener) {
        if (armed()) {
            throw new IllegalStateException("the tap of " + vm + " is " + mode + "; disarm it first");
        }
        held.holdAgain();
        enter(Mode.HOLDING, firstEpoch, newListener);
    }

    private void enter(Mode next, long firstEpoch, TapListener newListener) {
        machineThread = Thread.currentThread();
        listener = newListener;
        epoch = firstEpoch;
        announced = false;
        mode = next;
        for (OutputProxy proxy : proxies.values()) {
            proxy.gate(Optional.of(gate));
        }
        LOG.info("vm={} tap={} epoch={} proxies={}", vm, next, firstEpoch, proxies.size());
    }

    @Override
    public boolean armed() {
        return mode == Mode.HOLDING || mode == Mode.FENCED;
    }

    @Override
    public SealedEpoch seal() {
        if (mode == Mode.OFF) {
            throw new IllegalStateException("the tap of " + vm + " is not armed");
        }
        SealedEpoch sealed = new SealedEpoch(epoch, outputs, diskChanges);
        outputs = new ArrayList<>();
        forgetChanges();
        announced = false;
        epoch = epoch + 1;
        settleThrottle();
        return sealed;
    }

    @Override
    public void release(long releasedEpoch) {
        if (mode == Mode.FENCED) {
            return;
        }
        held.release(releasedEpoch);
        settleThrottle();
    }

    @Override
    public void disarm() {
        if (mode == Mode.OFF) {
            return;
        }
        if (mode == Mode.FENCED) {
            throw new IllegalStateException("the tap of " + vm + " is FENCED: this copy may not speak any more");
        }
        held.releaseAll();
        mode = Mode.OFF;
        for (OutputProxy proxy : proxies.values()) {
            proxy.gate(Optional.empty());
        }
        outputs = new ArrayList<>();
        forgetChanges();
        listener = null;
        settleThrottle();
        LOG.info("vm={} tap={}", vm, Mode.OFF);
    }

    @Override
    public void fence() {
        if (mode == Mode.OFF) {
            enter(Mode.FENCED, epoch, listener);
        }
        mode = Mode.FENCED;
        held.drop();
        outputs = new ArrayList<>();
        forgetChanges();
        settleThrottle();
        LOG.info("vm={} tap={}", vm, Mode.FENCED);
    }

    @Override
    public TapStatus status() {
        boolean isThrottled;
        synchronized (throttleLock) {
            isThrottled = throttled;
        }
        return new TapStatus(armed(), epoch, held.count(), held.bytes(), bounds.maxHeldBytes(), isThrottled);
    }

    /** The tap's bundle stops, or its machine goes: whoever armed it decides, before the gates lose their keeper. */
    public void close() {
        TapListener armedBy = listener;
        if (mode == Mode.OFF || armedBy == null) {
            return;
        }
        LOG.warn("vm={} the tap goes away while it is {}", vm, mode);
        armedBy.tapClosing();
    }

    /** The gate. Machine thread. */
    private void accept(OutputProxy from, Output output) {
        switch (mode) {
            case OFF -> from.deliver(output);
            case FENCED -> {
                // Dropped: another copy of this VM has the right to speak.
            }
            case RECORDING -> {
                if (ofUnsharedDisk(from)) {
                    record(from, output);
                } else {
                    from.deliver(output);
                }
            }
            case HOLDING -> {
                if (ofUnsharedDisk(from)) {
                    record(from, output);
                } else {
                    hold(from, output);
                }
            }
        }
    }

    private static boolean ofUnsharedDisk(OutputProxy proxy) {
        return proxy instanceof BlockOutputProxy disk && !disk.shared();
    }

    private void record(OutputProxy from, Output output) {
        diskChanges.add(new DeviceOutput(from.device(), output.kept()));
        // Volatile, but this thread alone writes them.
        changeBytes = changeBytes + output.sizeBytes();
        changeCount = changeCount + 1;
        from.deliver(output);
        if (!announced && nearBound()) {
            announce();
        }
        settleThrottle();
    }

    private void hold(OutputProxy from, Output output) {
        if (!(output instanceof Output.Block)) {
            outputs.add(new DeviceOutput(from.device(), output.kept()));
        }
        held.add(epoch, HeldOutputs.Port.of(from), output);
        settleThrottle();
        if (announced) {
            listener.outputFollows();
        } else {
            announce();
        }
    }

    private void announce() {
        announced = true;
        listener.outputWaiting(epoch);
    }

    private void forgetChanges() {
        diskChanges = new ArrayList<>();
        changeBytes = 0;
        changeCount = 0;
    }

    private boolean nearBound() {
        return changeBytes >= bounds.maxHeldBytes() / 2 || changeCount >= bounds.maxHeldOutputs() / 2;
    }

    /**
     * Holds the guest back at the bound, lets it go below half of it. The decision and the call are one under a lock of
     * their own: otherwise two threads could tell the machine in the wrong order, and it would stand for ever.
     */
    private void settleThrottle() {
        synchronized (throttleLock) {
            long bytes = held.bytes() + changeBytes;
            int count = held.count() + changeCount;
            boolean wanted = throttled
                    ? bytes >= bounds.maxHeldBytes() / 2 || count >= bounds.maxHeldOutputs() / 2
                    : bytes >= bounds.maxHeldBytes() || count >= bounds.maxHeldOutputs();
            if (wanted != throttled) {
                throttled = wanted;
                LOG.debug("vm={} throttle={} heldOutputs={} heldBytes={}", vm, wanted, count, bytes);
                machine.throttle(THROTTLE, wanted);
            }
        }
    }
}
