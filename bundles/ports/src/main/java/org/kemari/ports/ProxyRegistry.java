package org.kemari.ports;

import org.kemari.api.tap.OutputProxy;

/** Where a port makes itself known, so that a port can be tested without OSGi. */
@FunctionalInterface
public interface ProxyRegistry {
    Registration register(OutputProxy proxy);

    /** Takes the port back. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
