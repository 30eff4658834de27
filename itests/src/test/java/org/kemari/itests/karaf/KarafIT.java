package org.kemari.itests.karaf;

import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.features;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.logLevel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.apache.karaf.features.FeaturesService;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineState;
import org.kemari.itests.guest.EchoGuest;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.karaf.options.LogLevelOption.LogLevel;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;

/** The features install into a real Karaf, and a VM comes up there. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class KarafIT {
    @Inject
    private BundleContext context;

    @Inject
    private FeaturesService features;

    @Inject
    private ConfigurationAdmin configurations;

    @Configuration
    public Option[] karaf() throws IOException {
        Path target = Path.of(System.getProperty("kemari.itests.target"));
        String settings = System.getProperty("org.ops4j.pax.url.mvn.localRepository");
        return new Option[] {
            junitBundles(),
            karafDistributionConfiguration()
                    .frameworkUrl(target.resolve("karaf/apache-karaf-minimal.tar.gz")
                            .toUri()
                            .toString())
                    .name("Apache Karaf")
                    .unpackDirectory(target.resolve("karaf/run").toFile())
                    .useDeployFolder(false),
            configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
            logLevel(LogLevel.WARN),
            editConfigurationFilePut(
                    "etc/org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.localRepository", settings),
            features(repositoryOfFiles(target).toUri().toString(), "kemari", "kemari-devices", "kemari-ft"),
        };
    }

    /**
     * The features repository with the addresses of bundles turned from mvn: to the files of the distribution, since a
     * build that does not install has them in no Maven repository.
     */
    private static Path repositoryOfFiles(Path target) throws IOException {
        Path distribution =
                Path.of(System.getProperty("kemari.dist")).toAbsolutePath().normalize();
        String repository =
                Files.readString(distribution.resolveSibling("feature").resolve("features.xml"));
        Matcher address = Pattern.compile("mvn:[^/<]+/([^/<]+)/[^<]+").matcher(repository);
        String ofFiles = address.replaceAll(match -> {
            Path jar = distribution.resolve("bundles").resolve(match.group(1) + ".jar");
            assertTrue("features.xml names " + match.group() + ", which the distribution has not", Files.exists(jar));
            return Matcher.quoteReplacement(jar.toUri().toString());
        });
        return Files.writeString(target.resolve("karaf/features.xml"), ofFiles);
    }

    @Test
    public void featuresInstall() throws Exception {
        for (String name : List.of("kemari", "kemari-devices", "kemari-ft")) {
            assertTrue(name, features.isInstalled(features.getFeature(name)));
        }
        // Karaf may still be refreshing bundles when its features count as installed.
        await("every bundle of ours is active", () -> notActive().isEmpty(), this::notActive);
    }

    private List<String> notActive() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith("org.kemari."))
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                .map(bundle -> bundle.getSymbolicName() + " in state " + bundle.getState())
                .toList();
    }

    @Test
    public void vmComesUp() throws Exception {
        Path folder = Files.createTempDirectory("kemari-karaf-");
        Path kernel = EchoGuest.write(folder.resolve("echo.elf"));
        org.osgi.service.cm.Configuration vm = configurations.getFactoryConfiguration("org.kemari.vm", "karaf", "?");
        vm.update(new Hashtable<>(Map.of(
                "name",
                "karaf",
                "kernel",
                kernel.toString(),
                "firmware",
                "none",
                "memory",
                "16M",
                "consoles",
                "none")));
        try {
            await(
                    "the VM runs",
                    () -> machines().stream()
                            .map(context::getService)
                            .anyMatch(machine -> machine.status().state() == MachineState.RUNNING
                                    && machine.status().instructions() > 1_000));
        } finally {
            vm.delete();
        }
        await("the VM is gone", () -> machines().isEmpty());
        Files.delete(kernel);
        Files.delete(folder);
    }

    private Collection<ServiceReference<Machine>> machines() throws Exception {
        return context.getServiceReferences(Machine.class, "(kemari.vm=karaf)");
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        await(what, condition, () -> "no more known");
    }

    private static void await(String what, Callable<Boolean> condition, Supplier<?> found) throws Exception {
        long deadlineNanos = System.nanoTime() + 30_000_000_000L;
        while (!condition.call()) {
            assertTrue("waited 30 s in vain for: " + what + "; " + found.get(), System.nanoTime() < deadlineNanos);
            Thread.sleep(20);
        }
    }
}
