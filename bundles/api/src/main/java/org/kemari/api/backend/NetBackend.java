package org.kemari.api.backend;

import java.nio.ByteBuffer;

/** A port on a network. */
public interface NetBackend extends AutoCloseable {
    /** Bytes before a frame that spare the backend a copy, if there are so many: room for what the network puts there. */
    int HEADROOM_BYTES = 16;

    /**
     * Sends a frame, best effort, in order. Any thread; never blocks.
     *
     * @param frame from its position to its limit; nobody changes it before it is sent. What lies before its position is
     *     the backend's to write to.
     * @param sent run once, by any thread, when the backend is done with the frame, sent or lost
     */
    void send(ByteBuffer frame, Runnable sent);

    @Override
    void close();
}
