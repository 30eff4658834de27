package org.kemari.ft.primary;

import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.ft.protocol.TransactionDigest;

/** Makes frames of one session and keeps the digest of the transaction under way. Strand only. */
final class FrameSender {
    private static final byte[] EMPTY = {};

    private final ReplicationSession session;
    private final int vmId;
    private final long term;
    private TransactionDigest digest;

    FrameSender(ReplicationSession session, int vmId, long term) {
        this.session = session;
        this.vmId = vmId;
        this.term = term;
    }

    ReplicationSession session() {
        return session;
    }

    boolean writable() {
        return session.writable();
    }

    void send(ReplicationCommand command) {
        send(command, 0, 0, EMPTY);
    }

    void send(ReplicationCommand command, int flags, long epoch, byte[] payload) {
        ReplicationFrame frame = new ReplicationFrame(command, flags, vmId, term, epoch, payload);
        if (digest != null && ofTransaction(command)) {
            digest.add(frame);
        }
        session.send(frame);
    }

    private static boolean ofTransaction(ReplicationCommand command) {
        return switch (command) {
            case BEGIN, RAM, DEVICE, DISK, OUTPUTS -> true;
            default -> false;
        };
    }

    void begin(long epoch, byte[] payload) {
        digest = new TransactionDigest();
        send(ReplicationCommand.BEGIN, 0, epoch, payload);
    }

    void commit(long epoch) {
        byte[] payload = digest.encode();
        digest = null;
        send(ReplicationCommand.COMMIT, 0, epoch, payload);
    }
}
