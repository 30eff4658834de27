package org.kemari.ft.primary;

import java.util.Optional;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.ft.protocol.Flags;

/** What can happen to the primary's session. */
enum SenderEvent {
    /** The connection is there. */
    OPENED,
    /** WELCOME came. */
    WELCOMED,
    /** HEARTBEAT came. */
    HEARD,
    /** ACK of a mark in the first copy came. */
    COPY_ACKNOWLEDGED,
    /** A checkpoint is taken. */
    CHECKPOINT,
    /** The last frame of a transaction is sent. */
    COMMIT_SENT,
    /** ACK of a transaction came. */
    ACKNOWLEDGED,
    /** GOODBYE is sent. */
    GOODBYE_SENT,
    /** GOODBYE came. */
    GOODBYE_ANSWERED,
    /** The connection is gone, the peer is silent, or it sent ERROR or NACK. */
    LOST;

    /** What a received frame means; empty if a primary is never sent one. */
    static Optional<SenderEvent> of(ReplicationFrame frame) {
        ReplicationCommand command = frame.command();
        return switch (command) {
            case WELCOME -> Optional.of(WELCOMED);
            case HEARTBEAT -> Optional.of(HEARD);
            case ACK -> Optional.of((frame.flags() & Flags.COPY) != 0 ? COPY_ACKNOWLEDGED : ACKNOWLEDGED);
            case GOODBYE -> Optional.of(GOODBYE_ANSWERED);
            case ERROR, NACK -> Optional.of(LOST);
            case HELLO, BEGIN, RAM, DEVICE, DISK, OUTPUTS, COMMIT, CANCEL, INPUTS, JOURNAL_ACK -> Optional.empty();
        };
    }
}
