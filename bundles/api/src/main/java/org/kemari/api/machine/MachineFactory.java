package org.kemari.api.machine;

/** Makes machines of one type. Service property {@link #TYPE}. */
public interface MachineFactory {
    /** Service property: the machine type, for example {@code riscv64-virt}. */
    String TYPE = "kemari.machine.type";

    /**
     * Builds a machine in state {@link MachineState#CREATED}. Nothing runs yet, no backend is written to.
     *
     * @throws MachineConfigException if a property cannot be honoured; names the property, the value and the remedy
     */
    Machine create(MachineConfig config) throws MachineConfigException;
}
