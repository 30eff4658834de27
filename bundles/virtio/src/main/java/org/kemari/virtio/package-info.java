/**
 * Virtio 1.1 over MMIO, version 2 (§4.2), with split virtqueues (§2.6): what all virtio devices share. A library: its
 * package is embedded in each device bundle. Machine thread throughout. All that the guest says is treated as a lie: it
 * ends in {@code DEVICE_NEEDS_RESET} of that device, never in an exception that leaves it.
 */
package org.kemari.virtio;
