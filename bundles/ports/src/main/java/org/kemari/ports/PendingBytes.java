package org.kemari.ports;

import java.util.Arrays;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * Console input that the guest has not read yet: part of a device's state. Machine thread.
 *
 * <p>Bounded twice: the port holds a backend back at {@link CharPort#MAX_PENDING_INPUT_BYTES}; what comes in beyond
 * {@link #MAX_BYTES} all the same is dropped, as on a line without flow control.
 */
public final class PendingBytes {
    /** Room for a full port and the largest chunk that it lets in when it is empty. */
    public static final int MAX_BYTES = 1 << 20;

    private byte[] bytes = new byte[64];
    private int head;
    private int size;

    public int size() {
        return size;
    }

    /** @return how many were taken */
    public int add(byte[] more) {
        int taken = Math.min(more.length, MAX_BYTES - size);
        if (head + size + taken > bytes.length) {
            byte[] target = size + taken > bytes.length ? new byte[Math.max(size + taken, 2 * bytes.length)] : bytes;
            System.arraycopy(bytes, head, target, 0, size);
            bytes = target;
            head = 0;
        }
        System.arraycopy(more, 0, bytes, head + size, taken);
        size += taken;
        return taken;
    }

    /** Takes the oldest byte. Not to be called when empty. */
    public int take() {
        assert size > 0;
        size--;
        return bytes[head++] & 0xFF;
    }

    /** Takes up to {@code max} of the oldest bytes. */
    public byte[] take(int max) {
        int count = Math.min(max, size);
        byte[] taken = Arrays.copyOfRange(bytes, head, head + count);
        head += count;
        size -= count;
        return taken;
    }

    public void clear() {
        head = 0;
        size = 0;
    }

    public void save(StateWriter out, String name) {
        out.putBytes(name, Arrays.copyOfRange(bytes, head, head + size));
    }

    /** Reads what {@link #save} wrote, checked, into a queue of its own. */
    public static PendingBytes read(StateReader in, String name) throws StateFormatException {
        byte[] saved = in.getBytes(name);
        if (saved.length > MAX_BYTES) {
            throw new StateFormatException(name + " holds " + saved.length + " bytes; at most " + MAX_BYTES);
        }
        PendingBytes pending = new PendingBytes();
        pending.add(saved);
        return pending;
    }
}
