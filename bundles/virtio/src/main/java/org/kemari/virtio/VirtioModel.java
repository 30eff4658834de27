package org.kemari.virtio;

import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** What one kind of virtio device adds to the transport. A {@link QueueFault} makes the device need a reset. */
public interface VirtioModel {
    /** Virtio 1.1 §5. */
    int deviceId();

    /** Feature bits of the device type, 0 to 23; the transport adds its own. */
    long features();

    int queueCount();

    int queueSize();

    /** One byte of the configuration space; 0 beyond its end. */
    int readConfig(int offset);

    /** The driver says that it made buffers available in a queue; also called when the machine goes live. */
    void notified(int queue) throws QueueFault;

    /** An input of this device. */
    void accept(Input.ForDevice input) throws QueueFault;

    /** Back to power-on; what is in flight is forgotten. */
    void reset();

    void save(StateWriter out);

    /** Checks what {@link #save} wrote, changing nothing; running what it gives puts it in place. */
    Runnable restore(StateReader in) throws StateFormatException;

    /** Opens the port; issues again what is in flight, if the driver is running. */
    void goLive() throws QueueFault;

    void close();
}
