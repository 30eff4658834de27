package org.kemari.ft.protection;

import java.io.IOException;
import java.util.Hashtable;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.machine.Machine;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionMode;
import org.kemari.api.protection.ProtectionRole;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.tap.EventTap;
import org.kemari.ft.config.FtConfigException;
import org.kemari.ft.config.FtSettings;
import org.kemari.ft.session.Ground;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One VM's protection, by configuration. Machines, taps and arbiters come and go; the slot follows. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "org.kemari.ft",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = FtConfig.class, factory = true)
public final class FtComponent {
    private static final Logger LOG = LoggerFactory.getLogger(FtComponent.class);

    private final BundleContext context;
    private final ReplicationTransport transport;
    private final String defaultNode;
    private final Map<String, Machine> machines = new ConcurrentHashMap<>();
    private final Map<String, EventTap> taps = new ConcurrentHashMap<>();
    private final Map<String, Arbiter> arbiters = new ConcurrentHashMap<>();

    private volatile FtSettings settings;
    private volatile String problem = "";
    private volatile ProtectionSlot slot;
    private ServiceRegistration<Protection> registration;

    @Activate
    public FtComponent(
            BundleContext context,
            @Reference(target = "(" + ReplicationTransport.TRANSPORT + "=tcp)") ReplicationTransport transport,
            Map<String, Object> properties)
            throws IOException {
        this.context = context;
        this.transport = transport;
        this.defaultNode = NodeName.of(context);
        configure(properties);
    }

    /** Binds are done: from here on the slot follows what comes and goes. */
    @Activate
    void open(Map<String, Object> properties) {
        synchronized (this) {
            slot = new ProtectionSlot(wanted(vmOf(properties)), this::roleChanged);
            registration = context.registerService(Protection.class, slot, service());
        }
    }

    private static String vmOf(Map<String, Object> properties) {
        Object vm = properties.get("vm");
        return vm == null ? "" : vm.toString();
    }

    private Hashtable<String, Object> service() {
        Hashtable<String, Object> service = new Hashtable<>();
        service.put(Machine.VM, slot.vm());
        service.put(Protection.ROLE, slot.status().role().name().toLowerCase(Locale.ROOT));
        return service;
    }

    private void configure(Map<String, Object> properties) {
        try {
            settings = FtSettings.parse(properties, defaultNode);
            problem = "";
        } catch (FtConfigException e) {
            problem = e.getMessage();
            LOG.error(
                    "vm={} configuration org.kemari.ft refused: {}{}",
                    vmOf(properties),
                    problem,
                    settings == null ? "" : "; what was configured before stays");
        }
    }

    @Modified
    void modified(Map<String, Object> properties) {
        configure(properties);
        if (problem.isEmpty()) {
            settle();
            roleChanged();
        }
    }

    @Deactivate
    void deactivate() {
        ProtectionSlot last;
        synchronized (this) {
            last = slot;
            slot = null;
        }
        last.close();
        registration.unregister();
    }

    private synchronized void roleChanged() {
        if (registration != null && slot != null) {
            registration.setProperties(service());
        }
    }

    private void settle() {
        ProtectionSlot now = slot;
        if (now != null) {
            now.want(wanted(now.vm()));
        }
    }

    private ProtectionSlot.Wanted wanted(String vm) {
        FtSettings now = settings;
        if (now == null) {
            return new ProtectionSlot.Wanted(vm, ProtectionRole.PRIMARY, ProtectionMode.OFF, null, problem);
        }
        Machine machine = machines.get(now.vm());
        EventTap tap = taps.get(now.vm());
        Arbiter arbiter = arbiters.get(now.arbiter());
        String missing = now.mode() == ProtectionMode.OFF
                ? "switched off"
                : machine == null
                        ? "waits for the VM " + now.vm()
                        : tap == null
                                ? "waits for the event-tap"
                                : arbiter == null ? "waits for arbiter=" + now.arbiter() : "";
        Ground ground = missing.isEmpty() ? new Ground(now, machine, tap, transport, arbiter) : null;
        return new ProtectionSlot.Wanted(now.vm(), now.role(), now.mode(), ground, missing);
    }

    /** Another VM's coming and going is none of ours. */
    private void settle(Map<String, Object> properties) {
        FtSettings now = settings;
        if (now != null && now.vm().equals(properties.get(Machine.VM))) {
            settle();
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addMachine(Machine machine, Map<String, Object> properties) {
        machines.put((String) properties.get(Machine.VM), machine);
        settle(properties);
    }

    void removeMachine(Machine machine, Map<String, Object> properties) {
        machines.remove((String) properties.get(Machine.VM), machine);
        settle(properties);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addTap(EventTap tap, Map<String, Object> properties) {
        taps.put((String) properties.get(Machine.VM), tap);
        settle(properties);
    }

    void removeTap(EventTap tap, Map<String, Object> properties) {
        taps.remove((String) properties.get(Machine.VM), tap);
        settle(properties);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addArbiter(Arbiter arbiter, Map<String, Object> properties) {
        arbiters.put((String) properties.get(Arbiter.ARBITER), arbiter);
        settle();
    }

    void removeArbiter(Arbiter arbiter, Map<String, Object> properties) {
        arbiters.remove((String) properties.get(Arbiter.ARBITER), arbiter);
        settle();
    }
}
