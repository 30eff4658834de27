package org.kemari.cli;

/** Ends a verb with one line on standard error and an exit status. */
public final class CliException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    public CliException(int status, String message) {
        super(message);
        this.status = status;
    }

    public CliException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
