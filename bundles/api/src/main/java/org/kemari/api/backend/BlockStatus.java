package org.kemari.api.backend;

/** Outcome of a block request (the codes are those of virtio 1.1 §5.2.6). */
public enum BlockStatus {
    OK(0),
    IO_ERROR(1),
    UNSUPPORTED(2);

    private final int code;

    BlockStatus(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
