package org.kemari.api.guest;

/** A guest cannot be had; the message names the part, the cause and the remedy. */
public final class GuestException extends Exception {
    private static final long serialVersionUID = 1L;

    public GuestException(String message) {
        super(message);
    }

    public GuestException(String message, Throwable cause) {
        super(message, cause);
    }
}
