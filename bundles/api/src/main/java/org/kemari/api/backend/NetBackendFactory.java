package org.kemari.api.backend;

/** Attaches network cards to networks of one type. Service property {@link BlockBackendFactory#TYPE}. */
public interface NetBackendFactory {
    /**
     * Attaches a port.
     *
     * @param vm whose it is, for messages
     * @param network the network's name
     * @param received is given each frame for this port, on the backend's thread; owns the array
     */
    NetBackend open(String vm, String network, FrameSink received) throws BackendException;

    /** Takes one Ethernet frame, without preamble and FCS. */
    @FunctionalInterface
    interface FrameSink {
        void frame(byte[] frame);
    }
}
