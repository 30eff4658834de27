package org.kemari.emulator.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.state.EncodedStateReader;
import org.kemari.emulator.state.EncodedStateWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place on the bus for a device model that may go and come back while the guest runs. While its model is gone the
 * slot is silent: it keeps the device's state, reads as 0, remembers what the guest writes, and does it when the model
 * is back and the machine live: a standby's devices do nothing. Machine thread only.
 */
final class DeviceSlot {
    /** Register writes kept while the model is gone: a full ring of notifications of every queue, many times over. */
    static final int MAX_HELD_WRITES = 4096;

    /** virtio 1.1 §4.2.2: notifying a queue twice says nothing new. */
    private static final int VIRTIO_QUEUE_NOTIFY = 0x50;

    private static final Logger LOG = LoggerFactory.getLogger(DeviceSlot.class);

    private final String vm;
    private final DeviceSpec spec;
    private final long base;
    private final int lengthBytes;
    private final InterruptLine line;
    private final List<HeldWrite> held = new ArrayList<>();
    private Optional<Device> device = Optional.empty();
    private byte[] silentState = new byte[0];

    /**
     * The model's state in encoded form; null once it may have changed ({@link #touched}). A model changes only through
     * what is done to it here, so what a guest leaves alone is encoded once, not at each checkpoint, and not tried again
     * with each epoch.
     */
    private byte[] modelState;

    private long droppedWrites;
    private boolean live;

    DeviceSlot(String vm, DeviceSpec spec, long base, int lengthBytes, InterruptLine line) {
        this.vm = vm;
        this.spec = spec;
        this.base = base;
        this.lengthBytes = lengthBytes;
        this.line = line;
    }

    DeviceSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    InterruptLine line() {
        return line;
    }

    boolean covers(long address) {
        return address >= base && address < base + lengthBytes;
    }

    boolean silent() {
        return device.isEmpty();
    }

    /** Puts the first model in. */
    void insert(Device model) {
        device = Optional.of(model);
    }

    /** The model, of whose state nothing is known from here on: for every call that may change it. */
    private Optional<Device> touched() {
        modelState = null;
        return device;
    }

    /** Some registers change as they are read. */
    long read(long address, int sizeBytes) {
        Optional<Device> model = touched();
        return model.isPresent() ? model.get().read((int) (address - base), sizeBytes) : 0;
    }

    void write(long address, int sizeBytes, long value) {
        int offset = (int) (address - base);
        Optional<Device> model = touched();
        if (model.isPresent()) {
            model.get().write(offset, sizeBytes, value);
        } else {
            hold(new HeldWrite(offset, sizeBytes, value));
        }
    }

    private void hold(HeldWrite write) {
        boolean saidBefore = write.offset == VIRTIO_QUEUE_NOTIFY && lengthBytes > 0x100 && held.contains(write);
        if (saidBefore) {
            return;
        }
        if (held.size() == MAX_HELD_WRITES) {
            if (droppedWrites++ == 0) {
                LOG.warn("vm={} device={} is gone and the guest wrote {} times; more is lost", vm, name(), held.size());
            }
            return;
        }
        held.add(write);
    }

    void accept(Input.ForDevice input) {
        touched().ifPresent(model -> model.accept(input));
    }

    /** The model goes: its state stays here, its interrupt is quiet. */
    void detach() {
        if (device.isEmpty()) {
            return;
        }
        silentState = modelState();
        Device model = touched().get();
        device = Optional.empty();
        line.set(false);
        model.close();
    }

    /** The model is back: it goes on from the kept state and, if live, does what the guest wrote meanwhile. */
    void attach(Device model) throws StateFormatException {
        model.restore(EncodedStateReader.decode(silentState));
        device = Optional.of(model);
        doHeldWrites();
        silentState = new byte[0];
    }

    /** The machine goes live, or the model that is back on one does. */
    void goLive() {
        live = true;
        touched().ifPresent(Device::goLive);
        doHeldWrites();
    }

    void close() {
        Optional<Device> model = device;
        device = Optional.empty();
        model.ifPresent(Device::close);
    }

    void save(StateWriter out) {
        out.putString("type", spec.type());
        out.putBoolean("silent", silent());
        out.putBytes("state", device.isPresent() ? modelState() : silentState);
        long[] writes = new long[held.size() * 3];
        for (int i = 0; i < held.size(); i++) {
            HeldWrite write = held.get(i);
            writes[3 * i] = write.offset;
            writes[3 * i + 1] = write.sizeBytes;
            writes[3 * i + 2] = write.value;
        }
        out.putLongs("heldWrites", writes);
    }

    void restore(StateReader in) throws StateFormatException {
        String type = in.getString("type");
        if (!type.equals(spec.type())) {
            throw new StateFormatException(
                    "saved device " + name() + " is of type " + type + "; here it is " + spec.type());
        }
        byte[] state = in.getBytes("state");
        long[] writes = in.getLongs("heldWrites");
        if (device.isPresent()) {
            restoreModel(state);
        } else {
            // Empty where no model was ever in: a rehearsal's slots.
            if (state.length > 0) {
                EncodedStateReader.decode(state);
            }
            silentState = state;
        }
        held.clear();
        for (int i = 0; i + 2 < writes.length && held.size() < MAX_HELD_WRITES; i += 3) {
            held.add(new HeldWrite((int) writes[i], (int) writes[i + 1], writes[i + 2]));
        }
        doHeldWrites();
    }

    private void restoreModel(byte[] state) throws StateFormatException {
        if (!Arrays.equals(state, modelState)) {
            touched().get().restore(EncodedStateReader.decode(state));
            modelState = state;
        }
    }

    private void doHeldWrites() {
        if (!live || device.isEmpty()) {
            return;
        }
        Device model = touched().get();
        List<HeldWrite> writes = List.copyOf(held);
        held.clear();
        droppedWrites = 0;
        for (HeldWrite write : writes) {
            model.write(write.offset, write.sizeBytes, write.value);
        }
    }

    private byte[] modelState() {
        if (modelState == null) {
            EncodedStateWriter out = new EncodedStateWriter(1);
            device.get().save(out);
            modelState = out.encode();
        }
        return modelState;
    }

    /** A register write that waits for the model. */
    private record HeldWrite(int offset, int sizeBytes, long value) {}
}
