package org.kemari.api.backend;

/** An open disk. Any thread may submit; completions come on the backend's own threads. */
public interface BlockBackend extends AutoCloseable {
    long sizeBytes();

    boolean readOnly();

    /**
     * Starts a request and returns. Requests may be done in any order, but a flush is done only after every write
     * submitted before it. Exactly one completion follows, also when the disk is closed meanwhile.
     */
    void submit(BlockRequest request, Completion completion);

    /** Finishes what was submitted, then closes. */
    @Override
    void close();

    /** Is told the outcome. */
    @FunctionalInterface
    interface Completion {
        /** The backend is done with the request and with its data; of a read, that is what was read if all went well. */
        void done(BlockStatus status);
    }
}
