package org.kemari.itests.container;

import static org.ops4j.pax.exam.CoreOptions.bootDelegationPackage;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.junit.runner.RunWith;
import org.kemari.launcher.Distribution;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * A test in a framework that runs the bundles of the distribution, all but its command line. One container for each
 * class.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public abstract class ContainerTest {
    @Inject
    protected BundleContext context;

    @Inject
    protected ConfigurationAdmin configurations;

    @Configuration
    public Option[] container() throws IOException {
        Path root = Path.of(System.getProperty("kemari.dist"));
        List<Option> options = new ArrayList<>(List.of(
                junitBundles(),
                bootDelegationPackage("sun.misc"),
                systemPackages(Distribution.systemPackages().toArray(String[]::new)),
                frameworkProperty("ds.loglevel").value("warn")));
        for (Path jar : new Distribution(root).bundles()) {
            String name = jar.getFileName().toString();
            // The command line would end the container, File Install make a folder of its own to watch.
            if (!name.startsWith("kemari-cli") && !name.startsWith("org.apache.felix.fileinstall")) {
                options.add(bundle("reference:" + jar.toUri()));
            }
        }
        return options.toArray(Option[]::new);
    }
}
