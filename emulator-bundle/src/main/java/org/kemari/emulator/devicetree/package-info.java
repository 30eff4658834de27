/** The flattened device tree that tells a kernel what the machine is made of. Plain values, no thread of its own. */
package org.kemari.emulator.devicetree;
