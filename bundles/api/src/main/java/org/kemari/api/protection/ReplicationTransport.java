package org.kemari.api.protection;

import java.net.InetSocketAddress;

/** Carries frames between primary and backup. Service property {@link #TRANSPORT}. */
public interface ReplicationTransport {
    /** Service property: the kind of transport, for example {@code tcp}. */
    String TRANSPORT = "kemari.transport";

    /** A new thread for the sessions of one protection. */
    SessionThread newThread(String name);

    /**
     * Starts to connect; the handler hears the outcome. Closing the session gives up.
     *
     * @param thread one of this transport's, on which the handler is called
     */
    ReplicationSession connect(InetSocketAddress peer, SessionThread thread, SessionHandler handler);

    /**
     * Listens; for each peer that connects, {@code handlers} makes a handler. Port 0 picks a free one.
     *
     * @param thread one of this transport's, on which {@code handlers} and all handlers are called
     * @throws java.io.IOException if the address cannot be had; names it
     */
    Listener listen(InetSocketAddress address, SessionThread thread, HandlerFactory handlers)
            throws java.io.IOException;

    /** An open server socket. */
    interface Listener extends AutoCloseable {
        InetSocketAddress address();

        @Override
        void close();
    }

    /** Makes the handler of a new session. */
    @FunctionalInterface
    interface HandlerFactory {
        SessionHandler handlerFor(ReplicationSession session);
    }
}
