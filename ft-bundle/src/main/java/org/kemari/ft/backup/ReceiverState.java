package org.kemari.ft.backup;

import static org.kemari.api.protection.ReplicationCommand.BEGIN;
import static org.kemari.api.protection.ReplicationCommand.CANCEL;
import static org.kemari.api.protection.ReplicationCommand.COMMIT;
import static org.kemari.api.protection.ReplicationCommand.DEVICE;
import static org.kemari.api.protection.ReplicationCommand.DISK;
import static org.kemari.api.protection.ReplicationCommand.ERROR;
import static org.kemari.api.protection.ReplicationCommand.GOODBYE;
import static org.kemari.api.protection.ReplicationCommand.HEARTBEAT;
import static org.kemari.api.protection.ReplicationCommand.HELLO;
import static org.kemari.api.protection.ReplicationCommand.INPUTS;
import static org.kemari.api.protection.ReplicationCommand.OUTPUTS;
import static org.kemari.api.protection.ReplicationCommand.RAM;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.protection.ReplicationCommand;

/** Where the backup's session stands. Nothing but a received frame, or the end of the connection, moves it. */
enum ReceiverState {
    /** The connection is there; who is it? */
    EXPECTING_HELLO,
    /** The first copy comes in and is applied at once. COMMIT is a mark here. */
    COPYING,
    /** A transaction comes in and is staged. */
    RECEIVING,
    /** Between two transactions. */
    READY,
    /** A wanted end was asked for. */
    LEAVING,
    /** Nothing is taken any more. */
    ENDED;

    /** The one table of transitions; what is not in it ends the session. */
    private static final Map<ReceiverState, Map<ReplicationCommand, ReceiverState>> TABLE =
            new EnumMap<>(ReceiverState.class);

    static {
        allow(EXPECTING_HELLO, HELLO, COPYING);
        allow(COPYING, RAM, COPYING);
        allow(COPYING, DISK, COPYING);
        allow(COPYING, COMMIT, COPYING);
        allow(COPYING, BEGIN, RECEIVING);
        allow(RECEIVING, RAM, RECEIVING);
        allow(RECEIVING, DISK, RECEIVING);
        allow(RECEIVING, OUTPUTS, RECEIVING);
        allow(RECEIVING, DEVICE, RECEIVING);
        allow(RECEIVING, COMMIT, READY);
        allow(RECEIVING, CANCEL, READY);
        allow(READY, BEGIN, RECEIVING);
        for (ReceiverState state : new ReceiverState[] {RECEIVING, READY}) {
            allow(state, INPUTS, state);
        }
        for (ReceiverState state : new ReceiverState[] {COPYING, RECEIVING, READY}) {
            allow(state, HEARTBEAT, state);
            allow(state, GOODBYE, LEAVING);
        }
        allow(LEAVING, HEARTBEAT, LEAVING);
        for (ReceiverState state : values()) {
            if (state != ENDED) {
                allow(state, ERROR, ENDED);
            }
        }
    }

    private static void allow(ReceiverState from, ReplicationCommand command, ReceiverState to) {
        TABLE.computeIfAbsent(from, s -> new EnumMap<>(ReplicationCommand.class))
                .put(command, to);
    }

    /** Where {@code command} leads; empty if this state does not allow it. */
    Optional<ReceiverState> after(ReplicationCommand command) {
        return Optional.ofNullable(TABLE.getOrDefault(this, Map.of()).get(command));
    }
}
