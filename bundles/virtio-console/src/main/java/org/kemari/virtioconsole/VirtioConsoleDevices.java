package org.kemari.virtioconsole;

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
import org.kemari.virtio.VirtioMmio;

/** Makes consoles as configured. */
final class VirtioConsoleDevices implements DeviceFactory {
    private final PortHost ports;
    private final BackendTracker<CharBackendFactory> backends;

    VirtioConsoleDevices(PortHost ports, BackendTracker<CharBackendFactory> backends) {
        this.ports = ports;
        this.backends = backends;
    }

    @Override
    public String type() {
        return VirtioConsoleComponent.DEVICE;
    }

    @Override
    public DeviceBus bus() {
        return DeviceBus.VIRTIO_MMIO;
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
        return new VirtioMmio(host, spec.name(), transport -> new VirtioConsoleDevice(port, transport));
    }
}
