package org.kemari.virtio;

import org.kemari.api.device.GuestMemory;

/** What the transport is to the device type on it. */
public interface VirtioTransport {
    GuestMemory memory();

    VirtQueue queue(int index);

    /** True if the driver runs and nothing is broken: only then may queues be touched. */
    boolean running();

    /** True if the driver accepted the feature bit. */
    boolean negotiated(int featureBit);

    /** The configuration space has changed: raises its generation and, if a driver runs, its interrupt. */
    void configChanged();
}
