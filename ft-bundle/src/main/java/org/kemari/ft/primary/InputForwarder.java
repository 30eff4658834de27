package org.kemari.ft.primary;

import java.util.ArrayList;
import java.util.List;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.InputListener;
import org.kemari.ft.protocol.OutputList;
import org.kemari.ft.protocol.PayloadWriter;

/**
 * Frames and keys as the guest takes them in, with the epoch that is running. Filled on the machine thread, emptied on the
 * strand. At the bound frames are not forwarded, as a network could have lost them; and the guest is held back, so that it
 * takes in no keys that would have to be left out. The bound is exceeded by what one slice takes in at most.
 */
final class InputForwarder implements InputListener {
    /** More than a fast network brings between two turns of the strand. */
    static final int MAX_WAITING_BYTES = 4 << 20;

    /** Inputs of one epoch, as one payload. */
    record Batch(long epoch, byte[] payload) {}

    /** Holds the guest back, or lets it go. Must not block. */
    interface Brake {
        void hold(boolean on);
    }

    private final Runnable wake;
    private final Brake brake;
    private final List<Batch> sealed = new ArrayList<>();
    private PayloadWriter writer = new PayloadWriter(4096);
    private long epoch;
    private int waitingBytes;
    private boolean woken;
    private boolean held;

    /** @param wake is called when the first input waits; must not block */
    InputForwarder(Runnable wake, Brake brake) {
        this.wake = wake;
        this.brake = brake;
    }

    /** What comes from here on belongs to {@code next}. Machine thread. */
    synchronized void epoch(long next) {
        cut();
        epoch = next;
    }

    @Override
    public void taken(long instructionCount, Input input) {
        int lengthBytes;
        if (input instanceof Input.FrameReceived frame) {
            lengthBytes = frame.frame().remaining();
        } else if (input instanceof Input.BytesReceived bytes) {
            lengthBytes = bytes.bytes().length;
        } else {
            return;
        }
        synchronized (this) {
            boolean fits = waitingBytes + lengthBytes <= MAX_WAITING_BYTES;
            if (!fits) {
                brake(true);
            }
            if (!fits && input instanceof Input.FrameReceived) {
                return;
            }
            waitingBytes += lengthBytes;
            OutputList.encodeInput(writer, input);
            if (writer.sizeBytes() > OutputList.CUT_BYTES) {
                cut();
            }
            if (woken) {
                return;
            }
            woken = true;
        }
        wake.run();
    }

    /** Under the lock with what it follows from: told in the wrong order, the guest would stand for ever. */
    private void brake(boolean on) {
        if (held != on) {
            held = on;
            brake.hold(on);
        }
    }

    private void cut() {
        if (writer.sizeBytes() > 0) {
            sealed.add(new Batch(epoch, writer.toBytes()));
            writer = new PayloadWriter(4096);
        }
    }

    /** Takes what waits. */
    synchronized List<Batch> drain() {
        cut();
        List<Batch> drained = List.copyOf(sealed);
        sealed.clear();
        waitingBytes = 0;
        woken = false;
        brake(false);
        return drained;
    }
}
