package org.kemari.api.tap;

/** Takes outputs in a backend's stead. */
@FunctionalInterface
public interface OutputGate {
    /** Machine thread, in the order in which the guest said them. Must not block. */
    void accept(OutputProxy from, Output output);
}
