package org.kemari.emulator.devicetree;

/**
 * What of a machine its device tree tells.
 *
 * @param memoryBytes RAM
 * @param harts number of harts
 * @param uart true if there is a UART
 * @param virtioSlots slots in use, from 0 on
 * @param commandLine the kernel's
 * @param initrdStart bus address of the initial ramdisk; equal to its end if there is none
 * @param initrdEnd first address behind it
 * @param rngSeed entropy for the kernel's start; empty for none
 */
public record MachineDescription(
        long memoryBytes,
        int harts,
        boolean uart,
        int virtioSlots,
        String commandLine,
        long initrdStart,
        long initrdEnd,
        byte[] rngSeed) {}
