package org.kemari.uart;

import org.kemari.api.backend.CharBackendFactory;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.ports.BackendTracker;
import org.kemari.ports.CharPort;
import org.kemari.ports.DeviceProperties;
import org.kemari.ports.PortHost;
import org.kemari.ports.PortId;

/** Makes UARTs as configured. */
final class UartDevices implements DeviceFactory {
    private final PortHost ports;
    private final BackendTracker<CharBackendFactory> backends;

    UartDevices(PortHost ports, BackendTracker<CharBackendFactory> backends) {
        this.ports = ports;
        this.backends = backends;
    }

    @Override
    public String type() {
        return UartComponent.DEVICE;
    }

    @Override
    public DeviceBus bus() {
        return DeviceBus.UART;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceHost host) throws DeviceConfigException {
        DeviceProperties properties = new DeviceProperties(spec, DeviceSpec.BACKEND, DeviceSpec.TARGET);
        CharPort port = new CharPort(
                ports,
                new PortId(host.vm(), spec.name()),
                backends,
                properties.text(DeviceSpec.BACKEND, CharPort.NONE),
                properties.text(DeviceSpec.TARGET, ""),
                host.inbox());
        return new UartDevice(port, host.interrupt());
    }
}
