package org.kemari.api.protection;

/** The arbiter cannot be reached, or its answer makes no sense. */
public final class ArbiterException extends Exception {
    private static final long serialVersionUID = 1L;

    public ArbiterException(String message, Throwable cause) {
        super(message, cause);
    }
}
