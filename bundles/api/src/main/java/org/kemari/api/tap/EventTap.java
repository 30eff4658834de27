package org.kemari.api.tap;

import java.util.Collection;

/** One VM's tap. Registered by the event-tap bundle with {@code kemari.vm} for each machine. */
public interface EventTap {
    String vm();

    /** The proxies that are there now. Any thread. */
    Collection<OutputProxy> proxies();

    /**
     * From here on changes of disks that are not shared are recorded, to be taken with {@link #seal}; every output
     * passes. For the first copy, while the guest runs. Machine thread.
     *
     * @throws IllegalStateException if it records or is armed
     */
    void record(long firstEpoch, TapListener listener);

    /**
     * From here on outputs are held, tagged with the running epoch, which is {@code firstEpoch}. What was
     * recorded and not yet sealed belongs to that epoch. Machine thread.
     *
     * @throws IllegalStateException if it is armed
     */
    void arm(long firstEpoch, TapListener listener);

    boolean armed();

    /** Ends the running epoch and starts the next; gives what the ended one has to take along. Machine thread. */
    SealedEpoch seal();

    /** Delivers, in order, what is held of epochs up to and including {@code epoch}. Any thread. */
    void release(long epoch);

    /**
     * Delivers all that is held, in order, and lets outputs pass, unrecorded, from here on. Machine thread. The caller has won the
     * right to: a backup that has not seen these outputs can no longer go live.
     */
    void disarm();

    /** Drops all that is held and goes on holding: this copy of the VM has lost its right to speak. Machine thread. */
    void fence();

    TapStatus status();
}
