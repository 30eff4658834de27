package org.kemari.api.state;

/** Saved state that cannot be read: damaged, of another machine, or of a version that this code does not know. */
public final class StateFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    public StateFormatException(String message) {
        super(message);
    }

    public StateFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
