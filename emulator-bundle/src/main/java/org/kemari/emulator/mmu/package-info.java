/**
 * Sv39 and Sv48 translation, software TLBs and physical memory protection (RISC-V privileged specification 20240411, §3.7 and
 * §11). Machine thread only.
 */
package org.kemari.emulator.mmu;
