package org.kemari.api.device;

/** Where a device's registers are found, and how the device tree describes it. */
public enum DeviceBus {
    /** The board's one 16550 UART: eight byte registers. */
    UART,
    /** A virtio-mmio slot: 4 KiB of registers (virtio 1.1 §4.2.2). */
    VIRTIO_MMIO
}
