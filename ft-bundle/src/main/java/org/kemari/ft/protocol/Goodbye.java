package org.kemari.ft.protocol;

/**
 * GOODBYE: a wanted end. The backup answers with the same kind when it has done its part.
 *
 * @param kind which end
 * @param releasedEpoch outputs up to here have left the primary
 * @param reason why, in a sentence
 */
public record Goodbye(Kind kind, long releasedEpoch, String reason) {
    /** What follows. */
    public enum Kind {
        /** Protection is switched off: the backup forgets what it holds. */
        UNPROTECT,
        /** The guest has switched itself off: nobody goes on. */
        POWER_OFF,
        /** The primary stands still: the backup goes on. */
        HAND_OVER
    }

    public byte[] encode() {
        return new PayloadWriter(64)
                .u8(kind.ordinal())
                .u64(releasedEpoch)
                .string(reason)
                .toBytes();
    }

    public static Goodbye decode(byte[] payload) throws PayloadException {
        PayloadReader in = new PayloadReader(payload);
        int kind = in.u8();
        if (kind >= Kind.values().length) {
            throw new PayloadException("kind=" + kind + " of GOODBYE does not exist");
        }
        Goodbye goodbye = new Goodbye(Kind.values()[kind], in.u64(), in.string());
        in.end();
        return goodbye;
    }
}
