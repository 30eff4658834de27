package org.kemari.ft.primary;

import java.util.Optional;
import org.kemari.api.machine.GuestRam;
import org.kemari.api.machine.InputListener;
import org.kemari.api.machine.MachineView;

/** What is left to see of a machine whose thread has ended: nothing. */
final class EndedMachine implements MachineView {
    @Override
    public long instructionCount() {
        throw ended();
    }

    @Override
    public long guestNanos() {
        throw ended();
    }

    @Override
    public GuestRam ram() {
        throw ended();
    }

    @Override
    public byte[] saveState() {
        throw ended();
    }

    @Override
    public void restoreState(byte[] state) {
        throw ended();
    }

    @Override
    public byte[] digest() {
        throw ended();
    }

    @Override
    public void listenInputs(Optional<InputListener> listener) {
        // Nothing comes any more.
    }

    private static IllegalStateException ended() {
        return new IllegalStateException("the machine has ended");
    }
}
