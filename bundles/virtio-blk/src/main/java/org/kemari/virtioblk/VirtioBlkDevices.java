package org.kemari.virtioblk;

import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.DiskSpec;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.ports.BackendTracker;
import org.kemari.ports.BlockPort;
import org.kemari.ports.DeviceProperties;
import org.kemari.ports.PortHost;
import org.kemari.ports.PortId;
import org.kemari.virtio.VirtioMmio;

/** Makes disks as configured. */
final class VirtioBlkDevices implements DeviceFactory {
    private static final String RAW = "raw";

    private final PortHost ports;
    private final BackendTracker<BlockBackendFactory> backends;

    VirtioBlkDevices(PortHost ports, BackendTracker<BlockBackendFactory> backends) {
        this.ports = ports;
        this.backends = backends;
    }

    @Override
    public String type() {
        return VirtioBlkComponent.DEVICE;
    }

    @Override
    public DeviceBus bus() {
        return DeviceBus.VIRTIO_MMIO;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceHost host) throws DeviceConfigException {
        DeviceProperties properties = new DeviceProperties(
                spec, DeviceSpec.BACKEND, DeviceSpec.PATH, DeviceSpec.READ_ONLY, DeviceSpec.SHARED);
        DiskSpec disk = new DiskSpec(
                properties.required(DeviceSpec.PATH, "give the path of the disk's image"),
                properties.flag(DeviceSpec.READ_ONLY),
                properties.flag(DeviceSpec.SHARED));
        BlockPort port = new BlockPort(
                ports,
                new PortId(host.vm(), spec.name()),
                backends,
                properties.text(DeviceSpec.BACKEND, RAW),
                disk,
                host.inbox());
        if (port.sizeBytes() < VirtioBlkDevice.SECTOR_BYTES) {
            port.close();
            throw new DeviceConfigException(spec.name() + "." + DeviceSpec.PATH + "=" + disk.path() + " has "
                    + port.sizeBytes() + " bytes; a disk needs at least one sector of " + VirtioBlkDevice.SECTOR_BYTES);
        }
        return new VirtioMmio(host, spec.name(), transport -> new VirtioBlkDevice(spec.name(), port, transport));
    }
}
