package org.kemari.ft.primary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SenderStateTest {
    /** All that is legal, written down a second time. */
    private static final Set<String> LEGAL = Set.of(
            "DIALLING OPENED GREETING",
            "GREETING WELCOMED COPYING",
            "COPYING COPY_ACKNOWLEDGED COPYING",
            "COPYING CHECKPOINT SENDING",
            "SENDING COPY_ACKNOWLEDGED SENDING",
            "AWAITING_ACK COPY_ACKNOWLEDGED AWAITING_ACK",
            "SENDING COMMIT_SENT AWAITING_ACK",
            "AWAITING_ACK ACKNOWLEDGED IDLE",
            "IDLE CHECKPOINT SENDING",
            "LEAVING GOODBYE_ANSWERED ENDED",
            "LEAVING ACKNOWLEDGED LEAVING",
            "LEAVING COPY_ACKNOWLEDGED LEAVING",
            "GREETING GOODBYE_SENT LEAVING",
            "COPYING GOODBYE_SENT LEAVING",
            "SENDING GOODBYE_SENT LEAVING",
            "AWAITING_ACK GOODBYE_SENT LEAVING",
            "IDLE GOODBYE_SENT LEAVING",
            "GREETING HEARD GREETING",
            "COPYING HEARD COPYING",
            "SENDING HEARD SENDING",
            "AWAITING_ACK HEARD AWAITING_ACK",
            "IDLE HEARD IDLE",
            "LEAVING HEARD LEAVING",
            "DIALLING LOST ENDED",
            "GREETING LOST ENDED",
            "COPYING LOST ENDED",
            "SENDING LOST ENDED",
            "AWAITING_ACK LOST ENDED",
            "IDLE LOST ENDED",
            "LEAVING LOST ENDED");

    @Test
    void everyPairOfStateAndEventIsLegalOrNotAsWritten() {
        Set<String> found = new TreeSet<>();
        for (SenderState state : SenderState.values()) {
            for (SenderEvent event : SenderEvent.values()) {
                Optional<SenderState> next = state.after(event);
                next.ifPresent(to -> found.add(state + " " + event + " " + to));
            }
        }
        assertEquals(new TreeSet<>(LEGAL), found);
    }
}
