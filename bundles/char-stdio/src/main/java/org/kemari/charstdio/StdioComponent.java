package org.kemari.charstdio;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.CharBackend;
import org.kemari.api.backend.CharBackendFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers the terminal to one console; Ctrl-A x stops the framework. */
@Component(immediate = true, property = BlockBackendFactory.TYPE + "=stdio")
public final class StdioComponent implements CharBackendFactory {
    private static final Logger LOG = LoggerFactory.getLogger(StdioComponent.class);

    private final StdioStream stream;

    @Activate
    public StdioComponent(BundleContext context) {
        // The descriptor itself: nobody's PrintStream may change bytes or keep errors to itself.
        stream = new StdioStream(System.in, new FileOutputStream(FileDescriptor.out), () -> stop(context));
    }

    /** Returns at once: the framework stops on a thread of its own (OSGi Core 8 §10.2.2.8). */
    private static void stop(BundleContext context) {
        LOG.info("Ctrl-A x: this container stops");
        try {
            context.getBundle(0).stop();
        } catch (BundleException | IllegalStateException e) {
            LOG.error("the container cannot be stopped", e);
        }
    }

    @Override
    public CharBackend open(String vm, String target, ByteSink received) throws BackendException {
        return stream.open(vm, received);
    }

    @Deactivate
    void deactivate() {
        stream.close();
    }
}
