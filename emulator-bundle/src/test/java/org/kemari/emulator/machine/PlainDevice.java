package org.kemari.emulator.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * A device for tests: keeps the sum of the bytes it was sent and interrupts until the guest acknowledges. Register 0 is
 * that sum, a write to 4 acknowledges, a write to 8 breaks it, a write to 0x50 is counted, and one to 0x60 asks for something.
 */
final class PlainDevice implements Device {
    static final String TYPE = "plain";

    private final DeviceHost host;
    private final Maker maker;
    private long sum;
    private boolean raised;
    private long notified;
    int saves;
    int restores;

    PlainDevice(DeviceHost host, Maker maker) {
        this.host = host;
        this.maker = maker;
    }

    /** Makes them and remembers what they met. */
    static final class Maker implements DeviceFactory {
        final List<PlainDevice> made = new CopyOnWriteArrayList<>();
        final List<String> events = new CopyOnWriteArrayList<>();
        /** Is asked, and answers into the inbox. */
        volatile Consumer<Inbox> asked = inbox -> {};

        @Override
        public String type() {
            return PlainDevice.TYPE;
        }

        @Override
        public DeviceBus bus() {
            return DeviceBus.VIRTIO_MMIO;
        }

        @Override
        public Device create(DeviceSpec spec, DeviceHost host) {
            PlainDevice device = new PlainDevice(host, this);
            made.add(device);
            return device;
        }

        List<String> events() {
            return new ArrayList<>(events);
        }
    }

    @Override
    public long read(int offset, int sizeBytes) {
        return offset == 0 ? sum : 0;
    }

    @Override
    public void write(int offset, int sizeBytes, long value) {
        if (offset == 4) {
            raised = false;
            host.interrupt().set(false);
        } else if (offset == 8) {
            throw new IllegalStateException("broken by the test");
        } else if (offset == 0x50) {
            notified++;
            maker.events.add("notified " + value);
        } else if (offset == 0x60) {
            maker.asked.accept(host.inbox());
            host.inbox().answerExpected();
        }
    }

    @Override
    public void accept(Input.ForDevice input) {
        if (input instanceof Input.BytesReceived) {
            for (byte value : ((Input.BytesReceived) input).bytes()) {
                sum = sum * 31 + value;
            }
            raised = true;
            host.interrupt().set(true);
        }
    }

    @Override
    public void reset() {
        sum = 0;
        notified = 0;
        raised = false;
        host.interrupt().set(false);
    }

    @Override
    public void save(StateWriter out) {
        saves++;
        out.putLong("sum", sum);
        out.putLong("notified", notified);
        out.putBoolean("raised", raised);
    }

    @Override
    public void restore(StateReader in) throws StateFormatException {
        long savedSum = in.getLong("sum");
        restores++;
        sum = savedSum;
        notified = in.getLong("notified");
        raised = in.getBoolean("raised");
        host.interrupt().set(raised);
    }

    @Override
    public void goLive() {
        maker.events.add("live");
    }

    @Override
    public void close() {
        maker.events.add("closed");
    }
}
