package org.kemari.ports;

import java.util.Hashtable;
import org.kemari.api.machine.Machine;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.OutputProxy;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Registers ports as OSGi services, for the tap's whiteboard. */
public final class ServiceProxies implements ProxyRegistry {
    private final BundleContext context;

    public ServiceProxies(BundleContext context) {
        this.context = context;
    }

    @Override
    public Registration register(OutputProxy proxy) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Machine.VM, proxy.vm());
        properties.put(OutputProxy.DEVICE, proxy.device());
        properties.put(OutputProxy.PORT, proxy.port());
        String[] names = proxy instanceof BlockOutputProxy
                ? new String[] {OutputProxy.class.getName(), BlockOutputProxy.class.getName()}
                : new String[] {OutputProxy.class.getName()};
        ServiceRegistration<?> registration = context.registerService(names, proxy, properties);
        return () -> {
            try {
                registration.unregister();
            } catch (IllegalStateException alreadyGone) {
                // The framework unregisters what a stopping bundle leaves; then there is nothing left to do.
                assert alreadyGone != null;
            }
        };
    }
}
