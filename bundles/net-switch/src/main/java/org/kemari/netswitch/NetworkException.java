package org.kemari.netswitch;

/** A network that cannot be set up here. The message names the property, the value and the remedy. */
final class NetworkException extends Exception {
    private static final long serialVersionUID = 1L;

    NetworkException(String message, Throwable cause) {
        super(message, cause);
    }
}
