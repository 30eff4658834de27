package org.kemari.ft.primary;

import static org.kemari.ft.primary.SenderEvent.ACKNOWLEDGED;
import static org.kemari.ft.primary.SenderEvent.CHECKPOINT;
import static org.kemari.ft.primary.SenderEvent.COMMIT_SENT;
import static org.kemari.ft.primary.SenderEvent.COPY_ACKNOWLEDGED;
import static org.kemari.ft.primary.SenderEvent.GOODBYE_ANSWERED;
import static org.kemari.ft.primary.SenderEvent.GOODBYE_SENT;
import static org.kemari.ft.primary.SenderEvent.HEARD;
import static org.kemari.ft.primary.SenderEvent.LOST;
import static org.kemari.ft.primary.SenderEvent.OPENED;
import static org.kemari.ft.primary.SenderEvent.WELCOMED;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Where the primary's session stands. */
enum SenderState {
    /** The connection is being made. */
    DIALLING,
    /** HELLO is sent; waits for WELCOME. */
    GREETING,
    /** The first copy is under way; outputs pass. */
    COPYING,
    /** A checkpoint is taken, its transaction is being sent; outputs are held. */
    SENDING,
    /** COMMIT is sent; waits for ACK. */
    AWAITING_ACK,
    /** The backup has all that was sealed; the guest executes the next epoch. */
    IDLE,
    /** GOODBYE is sent; waits for its answer. */
    LEAVING,
    /** Nothing is sent or taken any more. */
    ENDED;

    /** The one table of transitions; what is not in it ends the session. */
    private static final Map<SenderState, Map<SenderEvent, SenderState>> TABLE = new EnumMap<>(SenderState.class);

    static {
        allow(DIALLING, OPENED, GREETING);
        allow(GREETING, WELCOMED, COPYING);
        allow(COPYING, COPY_ACKNOWLEDGED, COPYING);
        allow(COPYING, CHECKPOINT, SENDING);
        // The last marks of the copy may be answered when its first transaction is under way already.
        allow(SENDING, COPY_ACKNOWLEDGED, SENDING);
        allow(AWAITING_ACK, COPY_ACKNOWLEDGED, AWAITING_ACK);
        allow(SENDING, COMMIT_SENT, AWAITING_ACK);
        allow(AWAITING_ACK, ACKNOWLEDGED, IDLE);
        allow(IDLE, CHECKPOINT, SENDING);
        allow(LEAVING, GOODBYE_ANSWERED, ENDED);
        // What was under way when GOODBYE was sent.
        allow(LEAVING, ACKNOWLEDGED, LEAVING);
        allow(LEAVING, COPY_ACKNOWLEDGED, LEAVING);
        for (SenderState state : new SenderState[] {GREETING, COPYING, SENDING, AWAITING_ACK, IDLE}) {
            allow(state, GOODBYE_SENT, LEAVING);
        }
        for (SenderState state : new SenderState[] {GREETING, COPYING, SENDING, AWAITING_ACK, IDLE, LEAVING}) {
            allow(state, HEARD, state);
        }
        for (SenderState state : values()) {
            if (state != ENDED) {
                allow(state, LOST, ENDED);
            }
        }
    }

    private static void allow(SenderState from, SenderEvent event, SenderState to) {
        TABLE.computeIfAbsent(from, s -> new EnumMap<>(SenderEvent.class)).put(event, to);
    }

    /** Where {@code event} leads; empty if this state does not allow it. */
    Optional<SenderState> after(SenderEvent event) {
        return Optional.ofNullable(TABLE.getOrDefault(this, Map.of()).get(event));
    }
}
