/**
 * The RV64GC hart: decoding into blocks, the interpreter, CSRs and traps (RISC-V unprivileged and privileged
 * specifications, 20240411). Machine thread only.
 */
package org.kemari.emulator.cpu;
