package org.kemari.virtioconsole;

import java.util.Map;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.CharBackendFactory;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.ports.BackendTracker;
import org.kemari.ports.PortHost;
import org.kemari.ports.ServiceProxies;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Offers virtio consoles to machines. */
@Component(
        immediate = true,
        service = DeviceFactory.class,
        property = DeviceFactory.TYPE + "=" + VirtioConsoleComponent.DEVICE)
public final class VirtioConsoleComponent implements DeviceFactory {
    static final String DEVICE = "virtio-console";

    private final PortHost ports;
    private final BackendTracker<CharBackendFactory> backends = new BackendTracker<>();
    private final DeviceFactory devices;

    @Activate
    public VirtioConsoleComponent(BundleContext context) {
        ports = new PortHost(DEVICE, new ServiceProxies(context));
        devices = new VirtioConsoleDevices(ports, backends);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addBackend(CharBackendFactory factory, Map<String, Object> properties) {
        backends.add(String.valueOf(properties.get(BlockBackendFactory.TYPE)), factory);
    }

    void removeBackend(CharBackendFactory factory) {
        backends.remove(factory);
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
