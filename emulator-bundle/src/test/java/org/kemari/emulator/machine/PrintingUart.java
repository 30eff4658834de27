package org.kemari.emulator.machine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** A UART that only takes bytes, and has no state: what the guest said is read by the test. */
final class PrintingUart implements DeviceFactory, Device {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    String text() {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String type() {
        return "uart";
    }

    @Override
    public DeviceBus bus() {
        return DeviceBus.UART;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceHost host) {
        return this;
    }

    @Override
    public long read(int offset, int sizeBytes) {
        return 0;
    }

    @Override
    public void write(int offset, int sizeBytes, long value) {
        if (offset == 0) {
            bytes.write((int) value);
        }
    }

    @Override
    public void accept(Input.ForDevice input) {}

    @Override
    public void reset() {}

    @Override
    public void save(StateWriter out) {}

    @Override
    public void restore(StateReader in) {}

    @Override
    public void goLive() {}

    @Override
    public void close() {}
}
