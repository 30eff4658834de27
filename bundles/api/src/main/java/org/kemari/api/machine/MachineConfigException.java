package org.kemari.api.machine;

/** A configuration that cannot be honoured. The message names the property, the value and what would be right. */
public class MachineConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public MachineConfigException(String message) {
        super(message);
    }

    public MachineConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
