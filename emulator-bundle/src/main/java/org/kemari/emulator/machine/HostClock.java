package org.kemari.emulator.machine;

import java.time.Instant;

/** The host's clocks. Only the machine thread's loop reads them, to make clock inputs and to know how long to sleep. */
interface HostClock {
    HostClock SYSTEM = new HostClock() {
        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }

        @Override
        public long realtimeNanos() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }
    };

    long monotonicNanos();

    long realtimeNanos();
}
