package org.kemari.api.backend;

/** A backend that cannot be opened. The message names the property, the value and what would be right. */
public final class BackendException extends Exception {
    private static final long serialVersionUID = 1L;

    public BackendException(String message) {
        super(message);
    }

    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
