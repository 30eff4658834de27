package org.kemari.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleRevision;

/** One OSGi framework with the bundles of a distribution. Any thread, but one at a time. */
public final class OsgiContainer implements AutoCloseable {
    /** Framework property: the program's arguments, joined by {@link #ARGUMENT_SEPARATOR}, for the cli bundle. */
    public static final String ARGUMENTS = "org.kemari.cli.args";

    /** ASCII's unit separator: nobody types it. */
    public static final String ARGUMENT_SEPARATOR = "\u001f";

    /** How often File Install looks at the folder: a person notices no delay, a disk no load. */
    private static final String POLL_MILLIS = "250";

    private final Distribution distribution;
    private final Framework framework;
    private final boolean watchesFolder;

    private OsgiContainer(Distribution distribution, Framework framework, boolean watchesFolder) {
        this.distribution = distribution;
        this.framework = framework;
        this.watchesFolder = watchesFolder;
    }

    /**
     * Makes a container that is not started yet.
     *
     * @param cache folder of this container alone, emptied first
     * @param etc folder whose {@code *.cfg} files become configurations
     */
    public static OsgiContainer create(
            Distribution distribution, Path cache, Optional<Path> etc, List<String> arguments) {
        return create(distribution, cache, etc, Map.of(ARGUMENTS, String.join(ARGUMENT_SEPARATOR, arguments)));
    }

    /** The same for a container that runs no verb, and lives until it is stopped. */
    public static OsgiContainer createWithoutCommandLine(Distribution distribution, Path cache, Optional<Path> etc) {
        return create(distribution, cache, etc, Map.of());
    }

    private static OsgiContainer create(
            Distribution distribution, Path cache, Optional<Path> etc, Map<String, String> arguments) {
        Map<String, String> properties = new LinkedHashMap<>(arguments);
        properties.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, String.join(",", Distribution.systemPackages()));
        // Netty and LZ4 are faster with it, and do without where it is missing.
        properties.put(Constants.FRAMEWORK_BOOTDELEGATION, "sun.misc");
        properties.put("ds.loglevel", "warn");
        // One thread resolves 50 bundles as fast as two, and leaves no pool behind that outlives the framework.
        properties.put("felix.resolver.parallelism", "1");
        // Nobody here needs bundle: addresses, and the JVM's one factory of URL handlers stays free.
        properties.put("felix.service.urlhandlers", "false");
        etc.ifPresent(folder -> {
            properties.put("felix.fileinstall.dir", folder.toAbsolutePath().toString());
            properties.put("felix.fileinstall.filter", ".*\\.(cfg|config)");
            properties.put("felix.fileinstall.poll", POLL_MILLIS);
            properties.put("felix.fileinstall.noInitialDelay", "true");
            properties.put("felix.fileinstall.enableConfigSave", "false");
            properties.put(
                    "felix.fileinstall.tmpdir", cache.resolve("fileinstall").toString());
            // Its own default is standard output, which belongs to the guest's console.
            properties.put("felix.fileinstall.log.default", "jul");
            properties.put("felix.fileinstall.log.level", "2");
        });
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(properties);
        return new OsgiContainer(distribution, framework, etc.isPresent());
    }

    /** Installs and starts every bundle. */
    public void start() throws LaunchException, IOException {
        try {
            framework.start();
        } catch (BundleException e) {
            throw new LaunchException("the OSGi framework does not start: " + reason(e), e);
        }
        List<Bundle> bundles = install(framework.getBundleContext());
        List<String> failures = new ArrayList<>();
        for (Bundle bundle : bundles) {
            try {
                if (!isFragment(bundle)) {
                    bundle.start();
                }
            } catch (BundleException e) {
                failures.add("bundle " + bundle.getSymbolicName() + " does not start: " + reason(e));
            }
        }
        if (!failures.isEmpty()) {
            throw new LaunchException(String.join(System.lineSeparator(), failures));
        }
    }

    private List<Bundle> install(BundleContext context) throws LaunchException, IOException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : distribution.bundles()) {
            String name = jar.getFileName().toString();
            if (!watchesFolder && name.startsWith("org.apache.felix.fileinstall")) {
                continue; // without a folder to watch it would make one
            }
            try {
                // By reference: a copy of each jar in the cache would cost time at every start.
                bundles.add(context.installBundle("reference:" + jar.toUri()));
            } catch (BundleException e) {
                throw new LaunchException("file " + name + " is no bundle: " + reason(e), e);
            }
        }
        return bundles;
    }

    /** Waits until somebody has stopped the framework. */
    public void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /**
     * Stops the bundles in order.
     *
     * @return false if they had not stopped in time
     */
    public boolean stop(Duration limit) throws InterruptedException {
        try {
            framework.stop();
        } catch (BundleException e) {
            return false;
        }
        return framework.waitForStop(limit.toMillis()).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }

    /** The system bundle's context, to look at services and bundles. */
    public BundleContext context() {
        return framework.getBundleContext();
    }

    @Override
    public void close() {
        try {
            stop(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isFragment(Bundle bundle) {
        return (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    /** The innermost cause, on one line; the resolver's repetition of the requirement in its own syntax is cut off. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        int repetition = message.indexOf(" Unresolved requirements:");
        return (repetition < 0 ? message : message.substring(0, repetition)).replaceAll("\\s+", " ");
    }
}
