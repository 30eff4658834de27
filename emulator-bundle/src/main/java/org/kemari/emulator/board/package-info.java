/**
 * What sits on the bus beside RAM, at the addresses of QEMU's {@code virt} machine: CLINT, PLIC, test finisher,
 * Goldfish RTC and the windows of the device slots. Plain state, machine thread only; time comes from
 * {@link org.kemari.emulator.board.GuestTime}, never from the host.
 */
package org.kemari.emulator.board;
