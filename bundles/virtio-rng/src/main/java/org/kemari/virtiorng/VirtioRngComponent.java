package org.kemari.virtiorng;

import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.ports.PortHost;
import org.kemari.ports.ServiceProxies;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Offers entropy sources to machines. */
@Component(
        immediate = true,
        service = DeviceFactory.class,
        property = DeviceFactory.TYPE + "=" + VirtioRngComponent.DEVICE)
public final class VirtioRngComponent implements DeviceFactory {
    static final String DEVICE = "virtio-rng";

    private final PortHost ports;
    private final DeviceFactory devices;

    @Activate
    public VirtioRngComponent(BundleContext context) {
        ports = new PortHost(DEVICE, new ServiceProxies(context));
        devices = new VirtioRngDevices(ports);
    }

    @Deactivate
    void deactivate() {
        ports.close();
    }

    @Override
    public String type() {
        return devices.type();
    }

    @Override
    public DeviceBus bus() {
        return devices.bus();
    }

    @Override
    public Device create(DeviceSpec spec, DeviceHost host) throws DeviceConfigException {
        return devices.create(spec, host);
    }
}
