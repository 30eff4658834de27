package org.kemari.api.protection;

import java.util.Optional;

/** Commands of the FT transaction protocol and their codes on the wire. */
public enum ReplicationCommand {
    /** Primary → backup: who I am, which VM, which configuration. */
    HELLO(1),
    /** Backup → primary: accepted. */
    WELCOME(2),
    /** A transaction starts. */
    BEGIN(3),
    /** Pages. */
    RAM(4),
    /** Harts, controllers, devices. */
    DEVICE(5),
    /** Changes of a disk that is not shared. */
    DISK(6),
    /** Frames and console bytes that this epoch said. */
    OUTPUTS(7),
    /** The transaction is whole; carries its digest. */
    COMMIT(8),
    /** Backup → primary: received whole and checked. */
    ACK(9),
    /** Backup → primary: not taken; the last committed one stands. */
    NACK(10),
    /** Primary → backup: forget the transaction under way. */
    CANCEL(11),
    /** Frames and keys that the running epoch has taken in. */
    INPUTS(12),
    /** Backup → primary: the journal is held up to here. */
    JOURNAL_ACK(13),
    /** A sign of life; from the primary also, now and then, what of the guest's code is hot. */
    HEARTBEAT(14),
    /** A wanted end: no failover follows, or a hand-over does. */
    GOODBYE(15),
    /** The session ends; the payload says why, in UTF-8. */
    ERROR(16);

    private static final ReplicationCommand[] BY_CODE = new ReplicationCommand[17];

    static {
        for (ReplicationCommand command : values()) {
            BY_CODE[command.code] = command;
        }
    }

    private final int code;

    ReplicationCommand(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static Optional<ReplicationCommand> ofCode(int code) {
        return code < 0 || code >= BY_CODE.length ? Optional.empty() : Optional.ofNullable(BY_CODE[code]);
    }
}
