package org.kemari.virtiorng;

import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.ports.DeviceProperties;
import org.kemari.ports.EntropyPort;
import org.kemari.ports.PortHost;
import org.kemari.ports.PortId;
import org.kemari.virtio.VirtioMmio;

/** Makes entropy sources; there is nothing to configure. */
final class VirtioRngDevices implements DeviceFactory {
    private final PortHost ports;

    VirtioRngDevices(PortHost ports) {
        this.ports = ports;
    }

    @Override
    public String type() {
        return VirtioRngComponent.DEVICE;
    }

    @Override
    public DeviceBus bus() {
        return DeviceBus.VIRTIO_MMIO;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceHost host) throws DeviceConfigException {
        DeviceProperties.none(spec);
        EntropyPort port = new EntropyPort(ports, new PortId(host.vm(), spec.name()), host.inbox());
        return new VirtioMmio(host, spec.name(), transport -> new VirtioRngDevice(port, transport));
    }
}
