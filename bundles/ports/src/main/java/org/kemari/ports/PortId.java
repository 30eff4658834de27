package org.kemari.ports;

/**
 * Which port.
 *
 * @param vm the VM's name
 * @param device the device's name in it
 */
public record PortId(String vm, String device) {}
