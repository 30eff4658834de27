package org.kemari.api.device;

import org.kemari.api.machine.Inbox;

/** What a machine lends to one device. */
public interface DeviceHost {
    String vm();

    /** For DMA; machine thread only. */
    GuestMemory memory();

    /** The device's interrupt; machine thread only. */
    InterruptLine interrupt();

    /** For the device's port, from any thread. */
    Inbox inbox();
}
