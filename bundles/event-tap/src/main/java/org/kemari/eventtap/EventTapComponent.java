package org.kemari.eventtap;

import java.util.Hashtable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.machine.Machine;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.OutputProxy;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tap for each machine, as long as the machine is there. Machines and proxies come and go in any order and on any
 * thread: each bind writes its own map first and reads the other afterwards, so that a pair always meets.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = "org.kemari.eventtap")
@Designate(ocd = EventTapConfig.class)
public final class EventTapComponent {
    private record Registered(Machine machine, Tap tap, ServiceRegistration<EventTap> registration) {}

    private static final Logger LOG = LoggerFactory.getLogger(EventTapComponent.class);

    private final BundleContext context;
    private volatile TapBounds bounds = TapBounds.DEFAULT;
    private final Map<String, Registered> taps = new ConcurrentHashMap<>();
    private final Set<OutputProxy> proxies = ConcurrentHashMap.newKeySet();

    @Activate
    public EventTapComponent(BundleContext context, EventTapConfig config) {
        this.context = context;
        configure(config);
    }

    /** A wrong value must not take the tap away from a protected VM: what held before stays. */
    @Modified
    void configure(EventTapConfig config) {
        try {
            bounds = new TapBounds(config.held_bytes(), config.held_outputs());
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "configuration org.kemari.eventtap refused: {}; held.bytes={} held.outputs={} stay",
                    e.getMessage(),
                    bounds.maxHeldBytes(),
                    bounds.maxHeldOutputs());
            return;
        }
        taps.values().forEach(registered -> registered.tap().bounds(bounds));
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addProxy(OutputProxy proxy) {
        proxies.add(proxy);
        Registered registered = taps.get(proxy.vm());
        if (registered != null) {
            registered.tap().add(proxy);
        }
    }

    void removeProxy(OutputProxy proxy) {
        proxies.remove(proxy);
        Registered registered = taps.get(proxy.vm());
        if (registered != null) {
            registered.tap().remove(proxy);
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addMachine(Machine machine, Map<String, Object> properties) {
        String vm = (String) properties.get(Machine.VM);
        if (vm == null) {
            return;
        }
        Tap tap = new Tap(vm, machine, bounds);
        Registered before = taps.putIfAbsent(vm, new Registered(machine, tap, null));
        if (before != null) {
            return;
        }
        for (OutputProxy proxy : proxies) {
            if (proxy.vm().equals(vm)) {
                tap.add(proxy);
            }
        }
        Hashtable<String, Object> service = new Hashtable<>();
        service.put(Machine.VM, vm);
        taps.put(vm, new Registered(machine, tap, context.registerService(EventTap.class, tap, service)));
    }

    void removeMachine(Machine machine, Map<String, Object> properties) {
        String vm = (String) properties.get(Machine.VM);
        if (vm == null) {
            return;
        }
        Registered registered = taps.get(vm);
        if (registered != null && registered.machine() == machine && taps.remove(vm, registered)) {
            close(registered);
        }
    }

    @Deactivate
    void deactivate() {
        for (Map.Entry<String, Registered> entry : taps.entrySet()) {
            if (taps.remove(entry.getKey(), entry.getValue())) {
                close(entry.getValue());
            }
        }
    }

    private static void close(Registered registered) {
        registered.tap().close();
        if (registered.registration() != null) {
            registered.registration().unregister();
        }
    }
}
