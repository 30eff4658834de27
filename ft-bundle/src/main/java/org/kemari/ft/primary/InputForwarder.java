package org.kemari.ft.primary;

import java.util.ArrayList;
import java.util.List;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.InputListener;
import org.kemari.ft.protocol.OutputList;
import org.kemari.ft.protocol.PayloadWriter;

/**
 * Frames and keys as the guest takes them in, with the epoch that is running. Filled on the machine thread, emptied on the
 * strand. They are what a network could have lost: at the bound they are not forwarded.
 */
final class InputForwarder implements InputListener {
    /** More than a fast network brings between two turns of the strand. */
    private static final int MAX_WAITING_BYTES = 4 << 20;

    /** Inputs of one epoch, as one payload. */
    record Batch(long epoch, byte[] payload) {}

    private final Runnable wake;
    private final List<Batch> sealed = new ArrayList<>();
    private PayloadWriter writer = new PayloadWriter(4096);
    private long epoch;
    private int waitingBytes;
    private boolean woken;

    /** @param wake is called when the first input waits; must not block */
    InputForwarder(Runnable wake) {
        this.wake = wake;
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
            lengthBytes = frame.frame().length;
        } else if (input instanceof Input.BytesReceived bytes) {
            lengthBytes = bytes.bytes().length;
        } else {
            return;
        }
        synchronized (this) {
            if (waitingBytes + lengthBytes > MAX_WAITING_BYTES) {
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
        return drained;
    }
}
