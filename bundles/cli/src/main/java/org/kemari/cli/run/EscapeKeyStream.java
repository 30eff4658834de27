package org.kemari.cli.run;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Keys on their way to the guest. Ctrl-A is held back until the next key: with x we leave, with a second a (or Ctrl-A) one
 * Ctrl-A goes to the guest, with any other key both do.
 */
final class EscapeKeyStream extends FilterInputStream {
    private static final int CTRL_A = 1;
    private static final int NONE = -1;

    private final Runnable leave;
    private boolean escaped;
    private int pending = NONE;

    EscapeKeyStream(InputStream in, Runnable leave) {
        super(in);
        this.leave = leave;
    }

    @Override
    public int read() throws IOException {
        if (pending != NONE) {
            int key = pending;
            pending = NONE;
            return key;
        }
        while (true) {
            int key = super.read();
            if (!escaped) {
                if (key != CTRL_A) {
                    return key;
                }
                escaped = true;
                continue;
            }
            escaped = false;
            if (key == 'x' || key == 'X') {
                leave.run();
            } else if (key == 'a' || key == CTRL_A) {
                return CTRL_A;
            } else {
                pending = key;
                return CTRL_A;
            }
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int key = read();
        if (key < 0) {
            return -1;
        }
        target[offset] = (byte) key;
        int count = 1;
        // As many as are there: a pasted text must not go to the guest byte by byte.
        while (count < length && (pending != NONE || super.available() > 0)) {
            key = read();
            if (key < 0) {
                break;
            }
            target[offset + count++] = (byte) key;
        }
        return count;
    }

    @Override
    public int available() throws IOException {
        return super.available() + (pending == NONE ? 0 : 1);
    }
}
