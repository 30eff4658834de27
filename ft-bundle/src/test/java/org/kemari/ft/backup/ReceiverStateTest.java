package org.kemari.ft.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.ReplicationCommand;

final class ReceiverStateTest {
    /** All that is legal, written down a second time. */
    private static final Set<String> LEGAL = Set.of(
            "EXPECTING_HELLO HELLO COPYING",
            "EXPECTING_HELLO ERROR ENDED",
            "COPYING RAM COPYING",
            "COPYING DISK COPYING",
            "COPYING COMMIT COPYING",
            "COPYING BEGIN RECEIVING",
            "COPYING HEARTBEAT COPYING",
            "COPYING GOODBYE LEAVING",
            "COPYING ERROR ENDED",
            "RECEIVING RAM RECEIVING",
            "RECEIVING DISK RECEIVING",
            "RECEIVING OUTPUTS RECEIVING",
            "RECEIVING DEVICE RECEIVING",
            "RECEIVING INPUTS RECEIVING",
            "RECEIVING HEARTBEAT RECEIVING",
            "RECEIVING COMMIT READY",
            "RECEIVING CANCEL READY",
            "RECEIVING GOODBYE LEAVING",
            "RECEIVING ERROR ENDED",
            "READY BEGIN RECEIVING",
            "READY INPUTS READY",
            "READY HEARTBEAT READY",
            "READY GOODBYE LEAVING",
            "READY ERROR ENDED",
            "LEAVING HEARTBEAT LEAVING",
            "LEAVING ERROR ENDED");

    @Test
    void everyPairOfStateAndCommandIsLegalOrNotAsWritten() {
        Set<String> found = new TreeSet<>();
        for (ReceiverState state : ReceiverState.values()) {
            for (ReplicationCommand command : ReplicationCommand.values()) {
                state.after(command).ifPresent(to -> found.add(state + " " + command + " " + to));
            }
        }
        assertEquals(new TreeSet<>(LEGAL), found);
    }
}
