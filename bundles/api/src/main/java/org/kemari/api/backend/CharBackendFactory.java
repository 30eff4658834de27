package org.kemari.api.backend;

/** Opens character streams of one type. Service property {@link BlockBackendFactory#TYPE}. */
public interface CharBackendFactory {
    /**
     * Opens a stream.
     *
     * @param vm whose it is, for messages
     * @param target path or HOST:PORT, as the type wants it; empty where it wants none
     * @param received takes what is typed, on the backend's thread; false asks the backend to offer it again later
     */
    CharBackend open(String vm, String target, ByteSink received) throws BackendException;

    /** Takes bytes. */
    @FunctionalInterface
    interface ByteSink {
        boolean bytes(byte[] bytes);
    }
}
