package org.kemari.charstdio;

import java.io.ByteArrayOutputStream;

/**
 * Finds what the person at the terminal says to us, not to the guest: Ctrl-A x leaves, Ctrl-A Ctrl-A is one Ctrl-A.
 * Anything else after a Ctrl-A goes to the guest, both bytes.
 */
final class EscapeFilter {
    static final byte CTRL_A = 1;

    private final Runnable leave;
    private boolean escaped;

    EscapeFilter(Runnable leave) {
        this.leave = leave;
    }

    /** What is the guest's among these bytes. */
    byte[] pass(byte[] typed, int lengthBytes) {
        ByteArrayOutputStream guests = new ByteArrayOutputStream(lengthBytes + 1);
        for (int i = 0; i < lengthBytes; i++) {
            byte key = typed[i];
            if (!escaped) {
                escaped = key == CTRL_A;
                if (!escaped) {
                    guests.write(key);
                }
                continue;
            }
            escaped = false;
            if (key == 'x') {
                leave.run();
                continue;
            }
            guests.write(CTRL_A);
            if (key != CTRL_A) {
                guests.write(key);
            }
        }
        return guests.toByteArray();
    }
}
