package org.kemari.api.tap;

import java.nio.ByteBuffer;
import org.kemari.api.backend.BlockRequest;

/**
 * Something that the guest says to the outside. Nobody changes it before it is delivered; from then on its memory may be
 * used for something else.
 */
public sealed interface Output {
    /** The same with data of its own, for whoever keeps it for longer than until it is delivered. */
    default Output kept() {
        return this;
    }

    /** Bytes that it keeps alive while it is held. */
    int sizeBytes();

    /**
     * An Ethernet frame, without preamble and FCS.
     *
     * @param frame from its position to its limit
     */
    record Frame(ByteBuffer frame) implements Output {
        public Frame(byte[] frame) {
            this(ByteBuffer.wrap(frame));
        }

        @Override
        public Frame kept() {
            return new Frame(ByteBuffer.allocate(frame.remaining())
                    .put(frame.duplicate())
                    .flip());
        }

        @Override
        public int sizeBytes() {
            return frame.remaining();
        }
    }

    /** Console bytes. */
    record Bytes(byte[] bytes) implements Output {
        @Override
        public int sizeBytes() {
            return bytes.length;
        }
    }

    /**
     * A request to a disk that changes it, or a flush; reads are no outputs.
     *
     * @param token the device's, given back with the completion
     */
    record Block(long token, BlockRequest request) implements Output {
        @Override
        public Block kept() {
            return new Block(token, request.kept());
        }

        @Override
        public int sizeBytes() {
            return request.data().remaining();
        }
    }
}
