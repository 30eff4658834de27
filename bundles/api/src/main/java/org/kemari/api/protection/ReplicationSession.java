package org.kemari.api.protection;

import java.net.SocketAddress;

/** One connection to a peer. */
public interface ReplicationSession extends AutoCloseable {
    SocketAddress peer();

    /** Sends a frame, in order. Any thread; never blocks: ask {@link #writable} before sending more than a little. */
    void send(ReplicationFrame frame);

    /** False while more than a bounded amount waits to be sent; {@link SessionHandler#writable} tells of the change. */
    boolean writable();

    /** Bytes sent, framing included. */
    long bytesSent();

    @Override
    void close();
}
