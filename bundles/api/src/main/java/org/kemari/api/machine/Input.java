package org.kemari.api.machine;

import java.nio.ByteBuffer;
import org.kemari.api.backend.BlockStatus;

/**
 * Something from outside that the guest may notice. Arrays belong to the input once it is offered: nobody writes to
 * them any more.
 */
public sealed interface Input {
    /** The same with data of its own, for whoever keeps it for longer than until the device has taken it. */
    default Input kept() {
        return this;
    }

    private static byte[] copy(ByteBuffer data) {
        byte[] copy = new byte[data.remaining()];
        data.get(data.position(), copy);
        return copy;
    }

    /**
     * The host's clock, taken by the machine thread at a slice boundary.
     *
     * @param monotonicNanos guest time since reset, as the host's monotonic clock has it
     * @param realtimeNanos nanoseconds since 1970-01-01T00:00Z, for the real-time clock
     */
    record Clock(long monotonicNanos, long realtimeNanos) implements Input {}

    /** An input for one device, by its name. */
    sealed interface ForDevice extends Input {
        String device();

        @Override
        default ForDevice kept() {
            return this;
        }
    }

    /**
     * An Ethernet frame, without preamble and FCS.
     *
     * @param frame from its position to its limit
     * @param taken to be run once the device has taken the frame: then something else may be received there. Who leaves
     *     it out costs whoever received it that memory, until it is collected.
     */
    record FrameReceived(String device, ByteBuffer frame, Runnable taken) implements ForDevice {
        /** A frame in memory of its own. */
        public FrameReceived(String device, byte[] frame) {
            this(device, ByteBuffer.wrap(frame), () -> {});
        }

        @Override
        public FrameReceived kept() {
            return new FrameReceived(device, copy(frame));
        }
    }

    /** Bytes typed at a console. */
    record BytesReceived(String device, byte[] bytes) implements ForDevice {}

    /**
     * A block request is done.
     *
     * @param token the request's, as the device gave it
     * @param data what was read, from its position to its limit; empty for every other operation, or if it failed. Once
     *     the device has taken it, something else may be read into it.
     */
    record BlockCompleted(String device, long token, BlockStatus status, ByteBuffer data) implements ForDevice {
        @Override
        public BlockCompleted kept() {
            return new BlockCompleted(device, token, status, ByteBuffer.wrap(copy(data)));
        }
    }

    /** Random bytes that the device asked for. */
    record EntropyReceived(String device, byte[] bytes) implements ForDevice {}

    /** The port's backend came up or went away. */
    record LinkChanged(String device, boolean up) implements ForDevice {}

    /** The device model's bundle has gone: from here on the device is silent. */
    record DeviceDetached(String device) implements Input {}

    /** The device model is there again: the device goes on from its saved state. */
    record DeviceAttached(String device) implements Input {}
}
