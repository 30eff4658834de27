package org.kemari.api.backend;

import java.nio.ByteBuffer;

/** Attaches network cards to networks of one type. Service property {@link BlockBackendFactory#TYPE}. */
public interface NetBackendFactory {
    /**
     * Attaches a port.
     *
     * @param vm whose it is, for messages
     * @param network the network's name
     * @param received is given each frame for this port, on the backend's thread
     */
    NetBackend open(String vm, String network, FrameSink received) throws BackendException;

    /** Takes one Ethernet frame, without preamble and FCS. */
    @FunctionalInterface
    interface FrameSink {
        /**
         * @param frame from its position to its limit; nobody changes it
         * @param taken to be run once, by any thread, when the frame is not needed any more
         */
        void frame(ByteBuffer frame, Runnable taken);
    }
}
