/**
 * The encoded form of saved state: one block of bytes, self-describing, the same for the same values on every host.
 * Plain values, no thread of its own.
 */
package org.kemari.emulator.state;
