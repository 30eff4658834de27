package org.kemari.api.device;

import java.util.Map;

/**
 * One device of a VM, as configured.
 *
 * @param type the device model, for example {@code virtio-blk}
 * @param name unique in the VM, for example {@code disk0}
 * @param properties the model's own, and those of what its port ends in; see {@link #BACKEND}
 */
public record DeviceSpec(String type, String name, Map<String, String> properties) {
    /** Property: type of the backend, for example {@code raw}, {@code switch}, {@code stdio}. */
    public static final String BACKEND = "backend";
    /** Property of a disk: path of its image. */
    public static final String PATH = "path";
    /** Property of a disk: {@code true} if the guest may not write. */
    public static final String READ_ONLY = "readonly";
    /** Property of a disk: {@code true} if primary and backup reach the same image. */
    public static final String SHARED = "shared";
    /** Property of a network card: name of the virtual network. */
    public static final String NETWORK = "network";
    /** Property of a network card: its address, six hexadecimal bytes with colons. */
    public static final String MAC = "mac";
    /** Property of a console: host and port, or path, as its backend wants it. */
    public static final String TARGET = "target";

    public DeviceSpec {
        properties = Map.copyOf(properties);
    }
}
