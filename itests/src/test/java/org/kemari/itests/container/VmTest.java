package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.VmProblemListener;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.guest.EchoGuest;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;

/** A test with VMs: an echo guest by configuration, and nothing left of it afterwards. */
public abstract class VmTest extends ContainerTest {
    private static final String VM_PID = "org.kemari.vm";

    /** What a user would read about a VM that cannot be as configured, as {@code vm: message}. */
    protected final List<String> problems = new CopyOnWriteArrayList<>();

    protected Path folder;
    private final List<Configuration> made = new CopyOnWriteArrayList<>();
    private ServiceRegistration<VmProblemListener> listener;

    @Before
    public void listen() throws IOException {
        folder = Files.createTempDirectory("kemari-it-");
        listener = context.registerService(
                VmProblemListener.class, (vm, message) -> problems.add(vm + ": " + message), null);
    }

    @After
    public void takeDown() throws Exception {
        for (Configuration configuration : made) {
            try {
                configuration.delete();
            } catch (IllegalStateException e) {
                // The test has deleted it.
            }
        }
        Eventually.await("no machine is left", () -> machines().isEmpty());
        listener.unregister();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Properties of an echo guest whose console is at {@code port}. */
    protected Map<String, Object> echoGuest(String name, int port) throws IOException {
        Path kernel = EchoGuest.write(folder.resolve(name + ".elf"));
        Map<String, Object> properties = new Hashtable<>();
        properties.put("name", name);
        properties.put("kernel", kernel.toString());
        properties.put("firmware", "none");
        properties.put("memory", "16M");
        properties.put("consoles", new String[] {"tcp:127.0.0.1:" + port});
        return properties;
    }

    protected Configuration configure(Map<String, Object> properties) throws IOException {
        return configure(VM_PID, (String) properties.get("name"), properties);
    }

    protected Configuration configure(String factoryPid, String name, Map<String, Object> properties)
            throws IOException {
        Configuration configuration = configurations.getFactoryConfiguration(factoryPid, name, "?");
        made.add(configuration);
        update(configuration, properties);
        return configuration;
    }

    protected static void update(Configuration configuration, Map<String, Object> properties) throws IOException {
        Dictionary<String, Object> dictionary = new Hashtable<>(properties);
        configuration.update(dictionary);
    }

    /** Waits until VM {@code name} is there and runs. */
    protected Machine awaitRunning(String name) throws Exception {
        Eventually.await("VM " + name + " runs", () -> {
            assertEquals(List.of(), problems);
            return machine(name)
                    .filter(machine -> machine.status().state() == MachineState.RUNNING)
                    .isPresent();
        });
        return machine(name).orElseThrow();
    }

    protected Optional<Machine> machine(String name) throws Exception {
        return service(Machine.class, "(kemari.vm=" + name + ")");
    }

    protected Collection<ServiceReference<Machine>> machines() throws Exception {
        return context.getServiceReferences(Machine.class, null);
    }

    protected <T> Optional<T> service(Class<T> type, String filter) throws Exception {
        return context.getServiceReferences(type, filter).stream()
                .map(context::getService)
                .filter(found -> found != null)
                .findFirst();
    }

    /** The guest answers: what is typed comes back. */
    protected static void assertEchoes(ConsoleClient console, String text) throws IOException {
        console.type(text);
        console.await(text, Eventually.LIMIT);
    }

    /** The guest has what it had before and did not start anew, and it answers. */
    protected static void assertGoesOn(ConsoleClient console, String text) throws IOException {
        console.type(String.valueOf(EchoGuest.SCRATCH));
        String said = console.await(String.valueOf(EchoGuest.SCRATCH_VALUE), Eventually.LIMIT);
        assertFalse("it has started anew: " + said, said.contains(EchoGuest.GREETING));
        assertEchoes(console, text);
    }

    protected Bundle bundle(String symbolicName) {
        Optional<Bundle> found = Arrays.stream(context.getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst();
        assertTrue(symbolicName + " is not installed", found.isPresent());
        return found.get();
    }
}
