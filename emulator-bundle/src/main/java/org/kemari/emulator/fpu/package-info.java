/**
 * IEEE 754 binary32 and binary64 arithmetic in integers, with RISC-V's choices (unprivileged specification, chapters 20
 * and 21): canonical NaNs, tininess after rounding, all five rounding modes. Machine thread only.
 */
package org.kemari.emulator.fpu;
