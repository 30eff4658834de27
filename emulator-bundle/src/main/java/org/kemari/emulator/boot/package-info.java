/**
 * What lies in RAM when a guest begins: kernel, initial ramdisk, device tree, firmware; and where each hart starts. Runs
 * once per machine, on the thread that makes it.
 */
package org.kemari.emulator.boot;
