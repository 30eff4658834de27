package org.kemari.launcher;

/** The container did not come up. The message is what a person needs to read, one line for each bundle that failed. */
public final class LaunchException extends Exception {
    private static final long serialVersionUID = 1L;

    public LaunchException(String message) {
        super(message);
    }

    public LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
