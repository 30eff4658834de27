package org.kemari.api.tap;

import java.util.Optional;

/**
 * A device port's way out. One service per port, registered by the device's bundle with {@code kemari.vm},
 * {@link #DEVICE} and {@link #PORT}.
 */
public interface OutputProxy {
    String DEVICE = "kemari.device";
    String PORT = "kemari.port";

    String vm();

    String device();

    String port();

    /** From here on outputs go to {@code gate}; with none, to the backend. Machine thread. */
    void gate(Optional<OutputGate> gate);

    /** Hands an output to the backend, in the order of the calls. Any thread; never blocks. */
    void deliver(Output output);
}
