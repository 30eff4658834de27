package org.kemari.ft.protocol;

import io.netty.handler.codec.DecoderException;

/** Bytes that are no frame of ours. The stream behind them cannot be trusted any more. */
public final class FrameException extends DecoderException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Fault {
        /** The peer speaks another protocol. */
        MAGIC,
        /** The peer speaks another version of ours. */
        VERSION,
        /** No such command. */
        COMMAND,
        /** Longer than any frame may be. */
        LENGTH,
        /** Damaged on the way. */
        CHECKSUM
    }

    private final Fault fault;

    FrameException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
