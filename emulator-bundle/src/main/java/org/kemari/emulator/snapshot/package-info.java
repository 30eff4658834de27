/**
 * Snapshots: a machine's RAM and state in one checked file. The machine thread copies pages out, a thread of the
 * snapshot's own compresses and writes.
 */
package org.kemari.emulator.snapshot;
