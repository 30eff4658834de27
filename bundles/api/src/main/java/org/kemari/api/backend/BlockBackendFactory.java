package org.kemari.api.backend;

/** Opens disks of one type. Service property {@link #TYPE}. */
public interface BlockBackendFactory {
    /** Service property of all three kinds of backend factory. */
    String TYPE = "kemari.backend.type";

    /**
     * Opens a disk. A disk that is not shared is locked against a second user, on this host, until it is closed.
     *
     * @param vm whose it is, for messages
     * @throws BackendException if it is missing, locked, or may not be written
     */
    BlockBackend open(String vm, DiskSpec spec) throws BackendException;
}
