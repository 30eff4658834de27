package org.kemari.virtionet;

import java.util.Optional;
import org.kemari.api.backend.NetBackendFactory;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.ports.BackendTracker;
import org.kemari.ports.DeviceProperties;
import org.kemari.ports.NetPort;
import org.kemari.ports.PortHost;
import org.kemari.ports.PortId;
import org.kemari.virtio.VirtioMmio;

/** Makes network cards as configured. */
final class VirtioNetDevices implements DeviceFactory {
    private static final String SWITCH = "switch";

    private final PortHost ports;
    private final BackendTracker<NetBackendFactory> backends;

    VirtioNetDevices(PortHost ports, BackendTracker<NetBackendFactory> backends) {
        this.ports = ports;
        this.backends = backends;
    }

    @Override
    public String type() {
        return VirtioNetComponent.DEVICE;
    }

    @Override
    public DeviceBus bus() {
        return DeviceBus.VIRTIO_MMIO;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceHost host) throws DeviceConfigException {
        DeviceProperties properties =
                new DeviceProperties(spec, DeviceSpec.BACKEND, DeviceSpec.NETWORK, DeviceSpec.MAC);
        byte[] mac = mac(spec, host, properties.given(DeviceSpec.MAC));
        NetPort port = new NetPort(
                ports,
                new PortId(host.vm(), spec.name()),
                backends,
                properties.text(DeviceSpec.BACKEND, SWITCH),
                properties.required(DeviceSpec.NETWORK, "give the name of the virtual network"),
                host.inbox());
        return new VirtioMmio(host, spec.name(), transport -> new VirtioNetDevice(mac, port, transport));
    }

    private static byte[] mac(DeviceSpec spec, DeviceHost host, Optional<String> given) throws DeviceConfigException {
        if (given.isEmpty()) {
            return MacAddress.of(host.vm(), spec.name());
        }
        return MacAddress.parse(given.get())
                .orElseThrow(() -> new DeviceConfigException(spec.name() + "." + DeviceSpec.MAC + "=" + given.get()
                        + " is no address of one card; use six hexadecimal bytes with colons, the first one even, such"
                        + " as 02:00:00:00:00:01"));
    }
}
