package org.kemari.api.device;

/** Makes devices of one type. Registered by the device's bundle with {@link #TYPE}; may come and go at any time. */
public interface DeviceFactory {
    /** Service property: the device type. */
    String TYPE = "kemari.device.type";

    String type();

    DeviceBus bus();

    /**
     * Makes a device and its port. The port's backend is opened for checking, not used before {@link Device#goLive}.
     *
     * @throws DeviceConfigException names the property, the value and the remedy
     */
    Device create(DeviceSpec spec, DeviceHost host) throws DeviceConfigException;
}
