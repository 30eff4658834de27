package org.kemari.api.machine;

/** Is told of a machine's changes of state. Called on the machine thread; must not block. */
@FunctionalInterface
public interface MachineListener {
    void stateChanged(Machine machine, MachineState from, MachineState to, String reason);
}
