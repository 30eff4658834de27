package org.kemari.virtionet;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** Frames that came in while the driver had no buffers: as many as a card's own memory would hold, then they are lost. */
final class PendingFrames {
    static final int MAX_FRAMES = 256;
    static final int MAX_FRAME_BYTES = 16 << 10;

    private final ArrayDeque<byte[]> frames = new ArrayDeque<>();

    /** Copies a frame of up to {@link #MAX_FRAME_BYTES}, since it is part of the card's state from here on. */
    void add(ByteBuffer frame) {
        if (frames.size() < MAX_FRAMES) {
            byte[] copy = new byte[frame.remaining()];
            frame.get(frame.position(), copy);
            frames.add(copy);
        }
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    ByteBuffer oldest() {
        return ByteBuffer.wrap(frames.getFirst());
    }

    void dropOldest() {
        frames.removeFirst();
    }

    void clear() {
        frames.clear();
    }

    void save(StateWriter out) {
        out.putInt("frames", frames.size());
        int index = 0;
        for (byte[] frame : frames) {
            out.putBytes("frame" + index++, frame);
        }
    }

    static PendingFrames read(StateReader in) throws StateFormatException {
        int count = in.getInt("frames");
        if (count < 0 || count > MAX_FRAMES) {
            throw new StateFormatException(count + " saved frames; at most " + MAX_FRAMES);
        }
        PendingFrames pending = new PendingFrames();
        for (int index = 0; index < count; index++) {
            byte[] frame = in.getBytes("frame" + index);
            if (frame.length > MAX_FRAME_BYTES) {
                throw new StateFormatException("saved frame of " + frame.length + " bytes; at most " + MAX_FRAME_BYTES);
            }
            pending.frames.add(frame);
        }
        return pending;
    }
}
