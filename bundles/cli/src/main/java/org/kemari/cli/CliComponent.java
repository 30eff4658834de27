package org.kemari.cli;

import java.util.List;
import org.kemari.cli.container.OsgiContainer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the verb that the launcher was given, and then ends the container. Does nothing in a container without one. */
@Component(
        immediate = true,
        service = {})
public final class CliComponent {
    static final String ARGUMENTS = "org.kemari.cli.args";
    static final String SEPARATOR = "\u001f";
    static final String EXIT = "org.kemari.exit";

    /** A verb that is interrupted gets this long to put the terminal back and end its children. */
    private static final long END_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(CliComponent.class);

    private final BundleContext context;
    private final OsgiContainer container;
    private final Thread thread;

    @Activate
    public CliComponent(BundleContext context, @Reference ConfigurationAdmin configurations) {
        this.context = context;
        String joined = context.getProperty(ARGUMENTS);
        this.container = new OsgiContainer(context, configurations);
        this.thread = new Thread(() -> run(joined), "kemari-cli");
        if (joined != null) {
            thread.start();
        }
    }

    private void run(String joined) {
        List<String> arguments = joined.isEmpty() ? List.of() : List.of(joined.split(SEPARATOR, -1));
        int status = Kemari.execute(container, arguments);
        System.out.flush();
        System.setProperty(EXIT, Integer.toString(status));
        try {
            context.getBundle(0).stop();
        } catch (BundleException | IllegalStateException e) {
            LOG.debug("the container is stopping already", e);
        }
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        if (Thread.currentThread() != thread && thread.isAlive()) {
            thread.interrupt();
            thread.join(END_MILLIS);
        }
        container.close();
    }
}
