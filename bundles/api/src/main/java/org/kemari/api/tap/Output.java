package org.kemari.api.tap;

import org.kemari.api.backend.BlockRequest;

/** Something that the guest says to the outside. Arrays are never changed once it is made. */
public sealed interface Output {
    /** Bytes that it keeps alive while it is held. */
    int sizeBytes();

    /** An Ethernet frame, without preamble and FCS. */
    record Frame(byte[] frame) implements Output {
        @Override
        public int sizeBytes() {
            return frame.length;
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
        public int sizeBytes() {
            return request.data().remaining();
        }
    }
}
