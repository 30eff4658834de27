/**
 * The machine: {@link org.kemari.emulator.machine.VirtBoard} is the deterministic part (state and inputs give the next
 * state), {@link org.kemari.emulator.machine.VirtMachine} the thread that owns it, with its inbox, clock and life.
 */
package org.kemari.emulator.machine;
