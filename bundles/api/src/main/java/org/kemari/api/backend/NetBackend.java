package org.kemari.api.backend;

/** A port on a network. */
public interface NetBackend extends AutoCloseable {
    /** Sends a frame, best effort, in order. Any thread; never blocks. The array belongs to the backend afterwards. */
    void send(byte[] frame);

    @Override
    void close();
}
