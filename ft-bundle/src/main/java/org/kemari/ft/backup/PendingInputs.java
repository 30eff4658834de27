package org.kemari.ft.backup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.kemari.api.machine.Input;

/**
 * What the guest took in after the committed epoch, in order: it is given to it again after a failover. Frames beyond the
 * bound are lost, as on any network. Keys are not: what somebody typed may be cut off, but must not have a hole. So after
 * one that did not fit, no later one is kept until the epoch that took it is committed. Strand only.
 */
final class PendingInputs {
    /** These and the keys together fit into a standing machine's inbox. */
    static final int MAX_FRAMES = 768;

    static final int MAX_KEYS = 256;
    /** Of each kind. */
    static final long MAX_BYTES = 16 << 20;

    private record Taken(long epoch, Input input) {}

    private final Deque<Taken> taken = new ArrayDeque<>();
    private int frames;
    private long frameBytes;
    private int keys;
    private long keyBytes;
    /** The last epoch of which keys were refused; 0 if none is. */
    private long refusingEpoch;

    /** Epochs come in order. */
    void add(long epoch, List<Input> inputs) {
        for (Input input : inputs) {
            if (input instanceof Input.BytesReceived) {
                if (refusingEpoch != 0 || keys == MAX_KEYS || keyBytes + sizeBytes(input) > MAX_BYTES) {
                    refusingEpoch = epoch;
                    continue;
                }
            } else if (frames == MAX_FRAMES || frameBytes + sizeBytes(input) > MAX_BYTES) {
                continue;
            }
            taken.add(new Taken(epoch, input));
            count(input, 1);
        }
    }

    private void count(Input input, int sign) {
        if (input instanceof Input.BytesReceived) {
            keys += sign;
            keyBytes += sign * sizeBytes(input);
        } else {
            frames += sign;
            frameBytes += sign * sizeBytes(input);
        }
    }

    private static long sizeBytes(Input input) {
        if (input instanceof Input.BytesReceived key) {
            return key.bytes().length;
        }
        return input instanceof Input.FrameReceived frame ? frame.frame().remaining() : 0;
    }

    /** What the guest took in up to the end of {@code epoch} is part of its state. */
    void committed(long epoch) {
        while (!taken.isEmpty() && taken.peek().epoch() <= epoch) {
            count(taken.poll().input(), -1);
        }
        if (refusingEpoch <= epoch) {
            refusingEpoch = 0;
        }
    }

    void clear() {
        committed(Long.MAX_VALUE);
    }

    List<Input> list() {
        List<Input> inputs = new ArrayList<>();
        taken.forEach(each -> inputs.add(each.input()));
        return inputs;
    }
}
