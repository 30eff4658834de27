package org.kemari.ft.protocol;

/** Bits of a frame's flags. */
public final class Flags {
    /** COMMIT, ACK: a mark in the first copy, not a transaction. */
    public static final int COPY = 1;
    /** RAM, DEVICE, DISK, OUTPUTS: the payload is compressed. */
    public static final int PACKED = 2;

    private Flags() {}
}
