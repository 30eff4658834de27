package org.kemari.cli.demo;

/** The demo cannot go on: a child ended, or something awaited did not come. The message is the outcome. */
final class DemoException extends Exception {
    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }

    DemoException(String message, Throwable cause) {
        super(message, cause);
    }
}
