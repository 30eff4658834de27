package org.kemari.api.machine;

/**
 * Whiteboard service: is told when a VM's configuration cannot be honoured, in words made for whoever wrote it. Called on
 * the thread that brings VMs up; must not block. What ran before goes on running.
 */
@FunctionalInterface
public interface VmProblemListener {
    /**
     * @param vm the VM's name as configured; empty if the configuration has none
     * @param message names the property, the value and the remedy
     */
    void problem(String vm, String message);
}
