package org.kemari.cli.container;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.guest.GuestImages;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.VmProblemListener;
import org.kemari.api.protection.Protection;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** The container over OSGi's services. Remembers the last problem of each VM that was configured here. */
public final class OsgiContainer implements Container, AutoCloseable {
    /** A late service event is looked for again at least this often. */
    private static final long RECHECK_MILLIS = 100;

    private final BundleContext context;
    private final ConfigurationAdmin configurations;
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private final Object changed = new Object();
    private final ServiceRegistration<VmProblemListener> problemListener;
    private final ServiceListener serviceListener = this::serviceChanged;

    public OsgiContainer(BundleContext context, ConfigurationAdmin configurations) {
        this.context = context;
        this.configurations = configurations;
        this.problemListener = context.registerService(VmProblemListener.class, this::problem, null);
        context.addServiceListener(serviceListener);
    }

    private void problem(String vm, String message) {
        problems.put(vm, message);
        wake();
    }

    private void serviceChanged(ServiceEvent event) {
        if (event.getType() == ServiceEvent.REGISTERED) {
            wake();
        }
    }

    private void wake() {
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    @Override
    public void configure(String factoryPid, String name, Map<String, Object> properties) throws IOException {
        if (factoryPid.equals(VM_PID)) {
            problems.remove(name);
        }
        Configuration configuration = configurations.getFactoryConfiguration(factoryPid, name, "?");
        configuration.update(new Hashtable<>(properties));
    }

    @Override
    public void remove(String factoryPid, String name) throws IOException {
        try {
            Configuration[] found = configurations.listConfigurations("(service.pid=" + factoryPid + "~" + name + ")");
            if (found != null) {
                for (Configuration configuration : found) {
                    configuration.delete();
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("name=" + name + " is no name of a configuration", e);
        }
    }

    @Override
    public Machine awaitMachine(String vm, Duration limit) throws VmProblemException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            String problem = problems.get(vm);
            if (problem != null) {
                throw new VmProblemException(problem);
            }
            Optional<Machine> machine = machine(vm);
            if (machine.isPresent()) {
                return machine.get();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new VmProblemException("VM " + vm + " did not come up within " + limit.toSeconds()
                        + " s; the log on standard error says what it waits for");
            }
            synchronized (changed) {
                changed.wait(RECHECK_MILLIS);
            }
        }
    }

    @Override
    public Optional<Machine> machine(String vm) {
        return service(Machine.class, vm);
    }

    @Override
    public Optional<Protection> protection(String vm) {
        return service(Protection.class, vm);
    }

    @Override
    public Optional<GuestImages> guestImages() {
        return Optional.ofNullable(context.getServiceReference(GuestImages.class))
                .map(context::getService);
    }

    private <T> Optional<T> service(Class<T> type, String vm) {
        try {
            Collection<ServiceReference<T>> references =
                    context.getServiceReferences(type, "(" + Machine.VM + "=" + vm + ")");
            return references.stream()
                    .sorted()
                    .reduce((first, second) -> second)
                    .map(context::getService);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("vm=" + vm + " is no name of a VM", e);
        } catch (IllegalStateException e) {
            // The bundle is stopping: there are no services any more.
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        context.removeServiceListener(serviceListener);
        problemListener.unregister();
    }
}
