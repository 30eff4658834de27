package org.kemari.ft.config;

/** A configuration that cannot be honoured. The message names the property, the value and what would be right. */
public final class FtConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    FtConfigException(String message) {
        super(message);
    }
}
