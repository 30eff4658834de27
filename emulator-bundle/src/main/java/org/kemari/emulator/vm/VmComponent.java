package org.kemari.emulator.vm;

import java.util.Hashtable;
import java.util.Map;
import org.kemari.api.machine.Machine;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** One per configuration of {@code org.kemari.vm}. */
@Component(
        immediate = true,
        service = {},
        configurationPid = VmConfiguration.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = VmConfiguration.class, factory = true)
public final class VmComponent {
    private final VmLifecycle lifecycle;

    @Activate
    public VmComponent(BundleContext context, @Reference EmulatorComponent emulator, Map<String, Object> properties) {
        lifecycle = new VmLifecycle(emulator, machine -> register(context, machine));
        lifecycle.configure(properties);
    }

    private static Runnable register(BundleContext context, Machine machine) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Machine.VM, machine.config().name());
        ServiceRegistration<Machine> registration = context.registerService(Machine.class, machine, properties);
        return registration::unregister;
    }

    @Modified
    void modified(Map<String, Object> properties) {
        lifecycle.configure(properties);
    }

    @Deactivate
    void deactivate() {
        lifecycle.close();
    }
}
