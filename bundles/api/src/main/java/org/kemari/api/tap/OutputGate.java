package org.kemari.api.tap;

/** Takes outputs in a backend's stead. */
@FunctionalInterface
public interface OutputGate {
    /**
     * Machine thread, in the order in which the guest said them. Must not block. The output's memory is the gate's until
     * it delivers it; of what it needs for longer it makes a copy ({@link Output#kept}).
     */
    void accept(OutputProxy from, Output output);
}
