package org.kemari.api.protection;

import java.util.Objects;

/**
 * One frame of the FT transaction protocol.
 *
 * @param command what it is
 * @param flags bits of the command's own
 * @param vmId CRC32C of the VM's name
 * @param term the sender's term of the VM
 * @param epoch which transaction; 0 where there is none
 * @param payload the command's content; never changed once the frame is made
 */
public record ReplicationFrame(ReplicationCommand command, int flags, int vmId, long term, long epoch, byte[] payload) {
    /** A longer payload is refused before it is read. */
    public static final int MAX_PAYLOAD_BYTES = 4 << 20;

    public ReplicationFrame {
        Objects.requireNonNull(command);
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "payload of " + payload.length + " bytes; a frame takes at most " + MAX_PAYLOAD_BYTES);
        }
    }
}
