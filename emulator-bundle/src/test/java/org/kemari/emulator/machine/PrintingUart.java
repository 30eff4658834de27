package org.kemari.emulator.machine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** A {@link DiscardingUart} whose bytes are read by the test: what the guest said. */
final class PrintingUart implements DeviceFactory, Device {
    private final DiscardingUart uart = new DiscardingUart();
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
        return uart.read(offset, sizeBytes);
    }

    @Override
    public void write(int offset, int sizeBytes, long value) {
        if (offset == 0) {
            bytes.write((int) value);
        }
        uart.write(offset, sizeBytes, value);
    }

    @Override
    public void accept(Input.ForDevice input) {}

    @Override
    public void reset() {
        uart.reset();
    }

    @Override
    public void save(StateWriter out) {
        uart.save(out);
    }

    @Override
    public void restore(StateReader in) throws StateFormatException {
        uart.restore(in);
    }

    @Override
    public void goLive() {}

    @Override
    public void close() {}
}
