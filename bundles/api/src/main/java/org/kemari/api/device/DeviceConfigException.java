package org.kemari.api.device;

import org.kemari.api.machine.MachineConfigException;

/** A device that cannot be made as configured. The message names the property, the value and what would be right. */
public final class DeviceConfigException extends MachineConfigException {
    private static final long serialVersionUID = 1L;

    public DeviceConfigException(String message) {
        super(message);
    }

    public DeviceConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
