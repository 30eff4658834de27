package org.kemari.emulator.vm;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.machine.DeviceModels;

/** What VMs of one container share: the device models, and each other's names. Any thread. */
interface VmHost {
    DeviceModels models();

    Machine create(MachineConfig config) throws MachineConfigException;

    /** Checks all that can be checked beside a VM that runs with the same disks. */
    void check(MachineConfig config) throws MachineConfigException;

    Names names();

    /** Says to the user that a VM cannot be what its configuration wants. */
    void problem(String vm, String message);

    /** Makes a machine known; running the result takes it back. */
    interface Announcer {
        Runnable announce(Machine machine);
    }

    /** Who has which name. */
    final class Names {
        private final Map<String, Object> owners = new ConcurrentHashMap<>();

        boolean claim(String name, Object owner) {
            Object holder = owners.putIfAbsent(name, owner);
            return holder == null || holder == owner;
        }

        void release(String name, Object owner, Consumer<String> freed) {
            if (owners.remove(name, owner)) {
                freed.accept(name);
            }
        }
    }
}
