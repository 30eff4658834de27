package org.kemari.api.device;

import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * A device model: plain state over registers, DMA, one interrupt and a port. It reads no clock, opens nothing, starts
 * no thread. Its state changes in calls of this interface only: a machine that made none since it last asked for the state
 * does not ask again. Machine thread only, except {@link #close}.
 */
public interface Device {
    /** Register read of 1, 2, 4 or 8 bytes; what the specification leaves open reads as 0. */
    long read(int offset, int sizeBytes);

    /** Register write of 1, 2, 4 or 8 bytes; what makes no sense is ignored. */
    void write(int offset, int sizeBytes, long value);

    /** An input of this device, taken from the inbox. */
    void accept(Input.ForDevice input);

    /** Back to the state after power-on; what is in flight is forgotten. */
    void reset();

    /** Writes the state, requests in flight included. Changes nothing. */
    void save(StateWriter out);

    /** Reads back what {@link #save} wrote. Checks first: nothing changes if it throws. Drives its interrupt line anew. */
    void restore(StateReader in) throws StateFormatException;

    /**
     * The machine goes live here, by start, restore, failover, or because the device's bundle came back: opens the port
     * and issues again what is in flight.
     */
    void goLive();

    /** Gives up the port and its services; the state is of no more use. */
    void close();
}
