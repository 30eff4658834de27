package org.kemari.cli.container;

/** A VM that cannot come up. The message is for whoever configured it. */
public final class VmProblemException extends Exception {
    private static final long serialVersionUID = 1L;

    public VmProblemException(String message) {
        super(message);
    }
}
