package org.kemari.api.machine;

import java.util.Optional;
import org.kemari.api.state.StateFormatException;

/** The inside of a machine, valid only for who runs a {@link MachineTask}, and only during it. */
public interface MachineView {
    /** Instructions retired by all harts since reset: the position in the machine's history. */
    long instructionCount();

    /** Guest time in nanoseconds since reset. */
    long guestNanos();

    GuestRam ram();

    /** Harts, interrupt controllers, clock and devices with their requests in flight; everything but RAM. */
    byte[] saveState();

    /** Puts back what {@link #saveState} gave; caches and TLBs are cleared. Nothing changes if it throws. */
    void restoreState(byte[] state) throws StateFormatException;

    /**
     * What of the guest's code is executed most, in a form that only {@link #foretell} of such a machine reads; empty if
     * this machine has nothing to tell. A hint: no part of the state.
     */
    default byte[] hotCode() {
        return new byte[0];
    }

    /**
     * Tells a machine that stands by, and holds the guest's RAM, what is hot where that guest runs, so that it begins
     * warm; again as often as there is news. Without effect on the guest, and on a machine that has started.
     *
     * @throws StateFormatException if it is nothing that {@link #hotCode} gave
     */
    default void foretell(byte[] hotCode) throws StateFormatException {}

    /** SHA-256 over RAM and saved state: equal states have equal digests, on every host. */
    byte[] digest();

    /** Is told of each input as it is taken; replaces the listener before. */
    void listenInputs(Optional<InputListener> listener);
}
