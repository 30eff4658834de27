package org.kemari.emulator.machine;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.state.StateFormatException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings inputs to devices and device models to their slots. An input of a device whose model is gone is not taken: it
 * waits here until the model is back, frames and keys up to a bound. Coming and going models hand over here: their
 * threads create and wait, the machine thread puts in and takes out.
 */
final class DeviceTraffic implements DeviceModels.Watcher {
    /** Frames and keys kept for a device whose model is gone: a receive ring. */
    static final int MAX_PARKED_DROPPABLE = 256;

    /** Inputs taken before the guest executes on: a flood of frames must not keep it from working them off. */
    private static final int MAX_INPUTS_PER_SLICE = 256;

    /** A model that goes waits this long for the machine thread, whose slices and tasks are far shorter. */
    private static final long DETACH_LIMIT_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(DeviceTraffic.class);

    private final String vm;
    private final VirtBoard board;
    private final InputQueue inbox;
    private final Signal signal;
    private final DeviceModels models;
    private final Queue<Input> busChanges = new ConcurrentLinkedQueue<>();
    private final Map<String, Device> arrivals = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> departures = new ConcurrentHashMap<>();
    private final Map<String, ArrayDeque<Input>> parked = new HashMap<>();
    private volatile boolean closed;

    DeviceTraffic(String vm, VirtBoard board, InputQueue inbox, Signal signal, DeviceModels models) {
        this.vm = vm;
        this.board = board;
        this.inbox = inbox;
        this.signal = signal;
        this.models = models;
    }

    /** Fills every slot; on failure closes what it made. Before the machine thread starts. */
    void open() throws MachineConfigException {
        boolean done = false;
        try {
            for (DeviceSlot slot : board.slots()) {
                DeviceFactory factory = models.find(slot.spec().type())
                        .orElseThrow(() -> new MachineConfigException("device " + slot.name() + " is of type "
                                + slot.spec().type()
                                + ", for which no bundle is started; install or start the one that has it"));
                slot.insert(factory.create(slot.spec(), host(slot)));
            }
            models.watch(this);
            done = true;
        } finally {
            if (!done) {
                for (DeviceSlot slot : board.slots()) {
                    slot.close();
                }
            }
        }
    }

    private DeviceHost host(DeviceSlot slot) {
        return new SlotHost(vm, board.ram(), slot.line(), inbox);
    }

    // On the threads of the models

    @Override
    public void modelGoes(DeviceFactory factory) {
        for (DeviceSlot slot : board.slots()) {
            if (slot.spec().type().equals(factory.type()) && !closed) {
                Device early = arrivals.remove(slot.name());
                if (early != null) {
                    // It came and goes before the machine thread put it in.
                    early.close();
                }
                CountDownLatch gone = new CountDownLatch(1);
                departures.put(slot.name(), gone);
                busChanges.add(new Input.DeviceDetached(slot.name()));
                signal.raise();
                if (closed) {
                    // The machine ended meanwhile and has closed its devices.
                    return;
                }
                try {
                    if (!gone.await(DETACH_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                        LOG.error("vm={} device={} did not let go of its model", vm, slot.name());
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    @Override
    public void modelCame(DeviceFactory factory) {
        for (DeviceSlot slot : board.slots()) {
            DeviceSpec spec = slot.spec();
            if (spec.type().equals(factory.type()) && !closed) {
                try {
                    Device replaced = arrivals.put(slot.name(), factory.create(spec, host(slot)));
                    if (replaced != null) {
                        replaced.close();
                    }
                    busChanges.add(new Input.DeviceAttached(slot.name()));
                    signal.raise();
                } catch (MachineConfigException e) {
                    LOG.error("vm={} device={} stays silent: {}", vm, slot.name(), e.getMessage());
                }
            }
        }
    }

    // On the machine thread

    void takeBusChanges(Consumer<Input> take, boolean live) {
        Input change;
        while ((change = busChanges.poll()) != null) {
            if (change instanceof Input.DeviceDetached) {
                take.accept(change);
                String name = ((Input.DeviceDetached) change).device();
                LOG.info("vm={} device={} is silent: its model is gone", vm, name);
                CountDownLatch gone = departures.remove(name);
                if (gone != null) {
                    gone.countDown();
                }
            } else if (change instanceof Input.DeviceAttached) {
                attach((Input.DeviceAttached) change, take, live);
            }
        }
    }

    private void attach(Input.DeviceAttached change, Consumer<Input> take, boolean live) {
        Device model = arrivals.remove(change.device());
        DeviceSlot slot = board.slot(change.device());
        if (model == null || slot == null) {
            return;
        }
        if (!slot.silent()) {
            model.close();
            return;
        }
        try {
            take.accept(change);
            board.attach(slot, model);
            ArrayDeque<Input> waiting = parked.remove(slot.name());
            while (waiting != null && !waiting.isEmpty()) {
                take.accept(waiting.poll());
            }
            if (live) {
                slot.goLive();
            }
            LOG.info("vm={} device={} is back", vm, slot.name());
        } catch (StateFormatException e) {
            LOG.error("vm={} device={} stays silent: its model cannot read its state", vm, slot.name(), e);
            model.close();
        }
    }

    void takeInputs(Consumer<Input> take) {
        for (int taken = 0; taken < MAX_INPUTS_PER_SLICE; taken++) {
            Input input = inbox.poll();
            if (input == null) {
                return;
            }
            if (input instanceof Input.ForDevice && isSilent(((Input.ForDevice) input).device())) {
                park((Input.ForDevice) input);
            } else if (!(input instanceof Input.DeviceAttached)) {
                take.accept(input);
            }
        }
    }

    private boolean isSilent(String device) {
        DeviceSlot slot = board.slot(device);
        return slot != null && slot.silent();
    }

    private void park(Input.ForDevice input) {
        ArrayDeque<Input> waiting = parked.computeIfAbsent(input.device(), name -> new ArrayDeque<>());
        if (!InputQueue.droppable(input) || waiting.size() < MAX_PARKED_DROPPABLE) {
            waiting.add(input);
        }
    }

    void close() {
        closed = true;
        models.unwatch(this);
        for (String name : arrivals.keySet()) {
            Optional.ofNullable(arrivals.remove(name)).ifPresent(Device::close);
        }
        departures.values().forEach(CountDownLatch::countDown);
    }

    /** What a slot lends to its model. */
    private record SlotHost(String vm, GuestMemory memory, InterruptLine interrupt, Inbox inbox)
            implements DeviceHost {}
}
