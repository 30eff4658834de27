package org.kemari.api.protection;

/** Hears of one session. Called on the {@link SessionThread} of the session, one call at a time; must not block. */
public interface SessionHandler {
    void opened(ReplicationSession session);

    void received(ReplicationSession session, ReplicationFrame frame);

    /** The session takes more again. */
    void writable(ReplicationSession session);

    /** Called once, whoever closed it; also when connecting failed. {@code reason} says why. */
    void closed(ReplicationSession session, String reason);
}
