package org.kemari.emulator.sbi;

import org.kemari.emulator.cpu.Hart;
import org.kemari.emulator.ram.Ram;

/** What the SBI does things with. */
public interface SbiPlatform {
    int hartCount();

    Hart hart(int id);

    boolean hartStopped(int id);

    /** Takes a hart out of the round, or back into it. */
    void stopHart(int id, boolean stop);

    Ram ram();

    /** Timers of the SBI changed. */
    void timersChanged();

    /** Says bytes at the machine's console. */
    void console(byte[] bytes);

    /** The guest ends itself. */
    void end(int exitCode, String reason);
}
