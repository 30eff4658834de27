package org.kemari.virtio;

import java.util.Optional;
import java.util.function.Function;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** A virtio device in its slot: registers of the MMIO transport, version 2 (virtio 1.1 §4.2.2). */
public final class VirtioMmio implements Device, VirtioTransport {
    private static final int STATE_VERSION = 1;

    private static final int MAGIC = 0x000;
    private static final int VERSION = 0x004;
    private static final int DEVICE_ID = 0x008;
    private static final int VENDOR_ID = 0x00C;
    private static final int DEVICE_FEATURES = 0x010;
    private static final int DEVICE_FEATURES_SEL = 0x014;
    private static final int DRIVER_FEATURES = 0x020;
    private static final int DRIVER_FEATURES_SEL = 0x024;
    private static final int QUEUE_SEL = 0x030;
    private static final int QUEUE_NUM_MAX = 0x034;
    private static final int QUEUE_NUM = 0x038;
    private static final int QUEUE_READY = 0x044;
    private static final int QUEUE_NOTIFY = 0x050;
    private static final int INTERRUPT_STATUS = 0x060;
    private static final int INTERRUPT_ACK = 0x064;
    private static final int STATUS = 0x070;
    private static final int QUEUE_DESC_LOW = 0x080;
    private static final int QUEUE_DESC_HIGH = 0x084;
    private static final int QUEUE_DRIVER_LOW = 0x090;
    private static final int QUEUE_DRIVER_HIGH = 0x094;
    private static final int QUEUE_DEVICE_LOW = 0x0A0;
    private static final int QUEUE_DEVICE_HIGH = 0x0A4;
    private static final int SHM_LEN_LOW = 0x0B0;
    private static final int SHM_BASE_HIGH = 0x0BC;
    private static final int CONFIG_GENERATION = 0x0FC;
    private static final int CONFIG = 0x100;

    private static final int MAGIC_VALUE = 0x74726976;
    private static final int VENDOR_VALUE = 0x494D454B;
    private static final int INTERRUPT_USED = 1;
    private static final int INTERRUPT_CONFIG = 2;

    // Reserved feature bits (§6).
    private static final int F_RING_INDIRECT_DESC = 28;
    private static final int F_RING_EVENT_IDX = 29;
    private static final int F_VERSION_1 = 32;
    private static final long TRANSPORT_FEATURES =
            1L << F_RING_INDIRECT_DESC | 1L << F_RING_EVENT_IDX | 1L << F_VERSION_1;

    private final GuestMemory memory;
    private final InterruptLine interrupt;
    private final GuestFaultLog faults;
    private final VirtioModel model;
    private final VirtQueue[] queues;

    private int status;
    private int interruptStatus;
    private int deviceFeaturesSel;
    private int driverFeaturesSel;
    private long driverFeatures;
    private int queueSel;
    private int configGeneration;

    /** @param type makes the device type on this transport; does not use it before the constructor is done */
    public VirtioMmio(DeviceHost host, String device, Function<VirtioTransport, VirtioModel> type) {
        memory = host.memory();
        interrupt = host.interrupt();
        faults = new GuestFaultLog(host.vm(), device);
        model = type.apply(this);
        queues = new VirtQueue[model.queueCount()];
        for (int index = 0; index < queues.length; index++) {
            queues[index] = new VirtQueue(memory, model.queueSize());
        }
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public VirtQueue queue(int index) {
        return queues[index];
    }

    @Override
    public boolean running() {
        return (status & (DeviceStatus.DRIVER_OK | DeviceStatus.NEEDS_RESET | DeviceStatus.FAILED))
                == DeviceStatus.DRIVER_OK;
    }

    @Override
    public boolean negotiated(int featureBit) {
        return (driverFeatures >>> featureBit & 1) != 0;
    }

    private long offeredFeatures() {
        return model.features() | TRANSPORT_FEATURES;
    }

    @Override
    public long read(int offset, int sizeBytes) {
        if (offset >= CONFIG) {
            long value = 0;
            for (int index = sizeBytes - 1; index >= 0; index--) {
                value = value << 8 | model.readConfig(offset - CONFIG + index) & 0xFF;
            }
            return value;
        }
        if (sizeBytes != 4) {
            // §4.2.2.2: the driver uses 32-bit aligned accesses here.
            return 0;
        }
        int value = switch (offset) {
            case MAGIC -> MAGIC_VALUE;
            case VERSION -> 2;
            case DEVICE_ID -> model.deviceId();
            case VENDOR_ID -> VENDOR_VALUE;
            case DEVICE_FEATURES ->
                deviceFeaturesSel == 0
                        ? (int) offeredFeatures()
                        : deviceFeaturesSel == 1 ? (int) (offeredFeatures() >>> 32) : 0;
            case QUEUE_NUM_MAX -> selected().map(VirtQueue::maxSize).orElse(0);
            case QUEUE_READY -> selected().map(queue -> queue.ready ? 1 : 0).orElse(0);
            case INTERRUPT_STATUS -> interruptStatus;
            case STATUS -> status;
            case CONFIG_GENERATION -> configGeneration;
            default ->
                // §4.2.2: a shared memory region that does not exist has length -1.
                offset >= SHM_LEN_LOW && offset <= SHM_BASE_HIGH ? -1 : 0;
        };
        return value & 0xFFFFFFFFL;
    }

    @Override
    public void write(int offset, int sizeBytes, long value) {
        if (offset >= CONFIG) {
            faults.ignored("write to the configuration space", value);
            return;
        }
        if (sizeBytes != 4) {
            faults.ignored("register write that is not 32 bits wide", value);
            return;
        }
        int written = (int) value;
        switch (offset) {
            case DEVICE_FEATURES_SEL -> deviceFeaturesSel = written;
            case DRIVER_FEATURES -> acceptFeatures(written);
            case DRIVER_FEATURES_SEL -> driverFeaturesSel = written;
            case QUEUE_SEL -> queueSel = written;
            case QUEUE_NOTIFY -> notified(written);
            case INTERRUPT_ACK -> {
                interruptStatus &= ~written;
                driveInterrupt();
            }
            case STATUS -> writeStatus(written & 0xFF);
            default -> writeQueue(offset, written);
        }
    }

    private Optional<VirtQueue> selected() {
        return Integer.compareUnsigned(queueSel, queues.length) < 0 ? Optional.of(queues[queueSel]) : Optional.empty();
    }

    /** §2.2.1, §3.1.1: only between DRIVER and FEATURES_OK. */
    private void acceptFeatures(int bits) {
        if ((status & ~DeviceStatus.FAILED) != (DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER)
                || Integer.compareUnsigned(driverFeaturesSel, 1) > 0) {
            if (bits != 0) {
                faults.ignored("driver features at the wrong time, or beyond bit 63", bits);
            }
            return;
        }
        int shift = 32 * driverFeaturesSel;
        driverFeatures = driverFeatures & ~(0xFFFFFFFFL << shift) | (bits & 0xFFFFFFFFL) << shift;
    }

    private void writeStatus(int written) {
        if (written == 0) {
            reset();
            return;
        }
        int needsReset = status & DeviceStatus.NEEDS_RESET;
        int from = status & ~needsReset;
        int to = written & ~DeviceStatus.NEEDS_RESET;
        if (from == to) {
            return;
        }
        if (!DeviceStatus.legal(from, to)) {
            faults.ignored("status after 0x" + Integer.toHexString(status), written);
            return;
        }
        boolean featuresOk = (to & ~from & DeviceStatus.FEATURES_OK) != 0;
        if (featuresOk && ((driverFeatures & ~offeredFeatures()) != 0 || !negotiated(F_VERSION_1))) {
            // §3.1.1 step 5: the bit that the driver reads back as 0 says no. A legacy driver is refused (§6.1).
            faults.ignored("features", driverFeatures);
            return;
        }
        status = to | needsReset;
    }

    private void writeQueue(int offset, int written) {
        Optional<VirtQueue> chosen = selected();
        if (chosen.isEmpty() || (status & DeviceStatus.FEATURES_OK) == 0) {
            faults.ignored("queue register 0x" + Integer.toHexString(offset) + " at the wrong time", written);
            return;
        }
        VirtQueue queue = chosen.get();
        if (offset == QUEUE_READY) {
            makeReady(queue, written);
            return;
        }
        if (queue.ready) {
            // §4.2.2.2: not to be changed while the queue is ready.
            faults.ignored("queue register 0x" + Integer.toHexString(offset) + " of a ready queue", written);
            return;
        }
        switch (offset) {
            case QUEUE_NUM -> queue.size = written;
            case QUEUE_DESC_LOW -> queue.descriptors = low(queue.descriptors, written);
            case QUEUE_DESC_HIGH -> queue.descriptors = high(queue.descriptors, written);
            case QUEUE_DRIVER_LOW -> queue.available = low(queue.available, written);
            case QUEUE_DRIVER_HIGH -> queue.available = high(queue.available, written);
            case QUEUE_DEVICE_LOW -> queue.used = low(queue.used, written);
            case QUEUE_DEVICE_HIGH -> queue.used = high(queue.used, written);
            default -> faults.ignored("register 0x" + Integer.toHexString(offset), written);
        }
    }

    private void makeReady(VirtQueue queue, int written) {
        if ((written & 1) == 0) {
            queue.ready = false;
        } else if (!queue.ready) {
            queue.start(negotiated(F_RING_INDIRECT_DESC), negotiated(F_RING_EVENT_IDX))
                    .ifPresent(problem -> faults.ignored(problem + ": queue", queueSel));
        }
    }

    private static long low(long address, int written) {
        return address & ~0xFFFFFFFFL | written & 0xFFFFFFFFL;
    }

    private static long high(long address, int written) {
        return address & 0xFFFFFFFFL | (long) written << 32;
    }

    private void notified(int index) {
        if (!running() || Integer.compareUnsigned(index, queues.length) >= 0) {
            faults.ignored("notification", index);
            return;
        }
        serve(() -> model.notified(index));
    }

    @Override
    public void accept(Input.ForDevice input) {
        serve(() -> model.accept(input));
    }

    /** Something that a device does with its queues. */
    @FunctionalInterface
    private interface Work {
        void run() throws QueueFault;
    }

    private void serve(Work work) {
        try {
            work.run();
            if (running()) {
                boolean raise = false;
                for (VirtQueue queue : queues) {
                    queue.askForNotification();
                    raise |= queue.wantsInterrupt();
                }
                if (raise) {
                    interruptStatus |= INTERRUPT_USED;
                }
            }
        } catch (QueueFault e) {
            needsReset(e.getMessage());
        }
        driveInterrupt();
    }

    /** §2.1.2: says so in the status and, to a driver that runs, by a configuration change. */
    private void needsReset(String why) {
        faults.needsReset(why);
        if ((status & DeviceStatus.DRIVER_OK) != 0) {
            interruptStatus |= INTERRUPT_CONFIG;
        }
        status |= DeviceStatus.NEEDS_RESET;
    }

    @Override
    public void configChanged() {
        configGeneration++;
        if (running()) {
            interruptStatus |= INTERRUPT_CONFIG;
        }
        driveInterrupt();
    }

    private void driveInterrupt() {
        interrupt.set(interruptStatus != 0);
    }

    @Override
    public void reset() {
        status = 0;
        interruptStatus = 0;
        deviceFeaturesSel = 0;
        driverFeaturesSel = 0;
        driverFeatures = 0;
        queueSel = 0;
        for (VirtQueue queue : queues) {
            queue.reset();
        }
        model.reset();
        driveInterrupt();
    }

    @Override
    public void save(StateWriter out) {
        StateWriter transport = out.section("virtio-mmio", STATE_VERSION);
        transport.putInt("deviceId", model.deviceId());
        transport.putLong("offeredFeatures", offeredFeatures());
        transport.putInt("status", status);
        transport.putInt("interruptStatus", interruptStatus);
        transport.putInt("deviceFeaturesSel", deviceFeaturesSel);
        transport.putInt("driverFeaturesSel", driverFeaturesSel);
        transport.putLong("driverFeatures", driverFeatures);
        transport.putInt("queueSel", queueSel);
        transport.putInt("configGeneration", configGeneration);
        for (int index = 0; index < queues.length; index++) {
            queues[index].save(transport.section("queue" + index, STATE_VERSION));
        }
        model.save(out);
    }

    @Override
    public void restore(StateReader in) throws StateFormatException {
        StateReader transport = in.section("virtio-mmio");
        requireVersion(transport, "virtio-mmio", STATE_VERSION);
        int savedId = transport.getInt("deviceId");
        long savedOffered = transport.getLong("offeredFeatures");
        if (savedId != model.deviceId() || savedOffered != offeredFeatures()) {
            throw new StateFormatException("saved state of virtio device " + savedId + " with features 0x"
                    + Long.toHexString(savedOffered) + "; this one is " + model.deviceId() + " with 0x"
                    + Long.toHexString(offeredFeatures()) + "; configure both alike");
        }
        int savedStatus = transport.getInt("status") & 0xFF;
        int savedInterruptStatus = transport.getInt("interruptStatus") & (INTERRUPT_USED | INTERRUPT_CONFIG);
        int savedDeviceFeaturesSel = transport.getInt("deviceFeaturesSel");
        int savedDriverFeaturesSel = transport.getInt("driverFeaturesSel");
        long savedDriverFeatures = transport.getLong("driverFeatures");
        int savedQueueSel = transport.getInt("queueSel");
        int savedGeneration = transport.getInt("configGeneration");
        Runnable[] restored = new Runnable[queues.length];
        for (int index = 0; index < queues.length; index++) {
            StateReader queue = transport.section("queue" + index);
            requireVersion(queue, "queue" + index, STATE_VERSION);
            restored[index] = queues[index].restore(queue);
        }
        Runnable restoredModel = model.restore(in);
        status = savedStatus;
        interruptStatus = savedInterruptStatus;
        deviceFeaturesSel = savedDeviceFeaturesSel;
        driverFeaturesSel = savedDriverFeaturesSel;
        driverFeatures = savedDriverFeatures;
        queueSel = savedQueueSel;
        configGeneration = savedGeneration;
        for (Runnable each : restored) {
            each.run();
        }
        restoredModel.run();
        driveInterrupt();
    }

    /** Refuses saved state of a version that this code does not know. */
    public static void requireVersion(StateReader section, String name, int version) throws StateFormatException {
        if (section.version() != version) {
            throw new StateFormatException(name + ": version " + section.version()
                    + " of the saved state is not known; this bundle reads version " + version);
        }
    }

    @Override
    public void goLive() {
        serve(model::goLive);
    }

    @Override
    public void close() {
        model.close();
    }
}
