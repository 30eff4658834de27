package org.kemari.shell;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.kemari.api.machine.Machine;
import org.kemari.api.protection.Protection;

/** The VMs that are there now, by name, each with its protection if it has one. Services come and go on any thread. */
final class VirtualMachines {
    private final Map<String, VirtualMachine> vms = new ConcurrentSkipListMap<>();

    void add(Machine machine) {
        vms.compute(machine.config().name(), (name, old) -> of(name, old).with(Optional.of(machine)));
    }

    void remove(Machine machine) {
        vms.computeIfPresent(machine.config().name(), (name, old) -> old.without(machine));
    }

    void add(Protection protection) {
        vms.compute(protection.vm(), (name, old) -> of(name, old).withProtection(Optional.of(protection)));
    }

    void remove(Protection protection) {
        vms.computeIfPresent(protection.vm(), (name, old) -> old.without(protection));
    }

    private static VirtualMachine of(String name, VirtualMachine old) {
        return old == null ? new VirtualMachine(name, Optional.empty(), Optional.empty()) : old;
    }

    Collection<VirtualMachine> list() {
        return vms.values();
    }

    /** @throws IllegalArgumentException if there is none of that name; tells those that are there */
    VirtualMachine get(String name) {
        VirtualMachine vm = vms.get(name);
        if (vm == null) {
            throw new IllegalArgumentException("no VM " + name + " here; "
                    + (vms.isEmpty()
                            ? "configure one with factory PID org.kemari.vm"
                            : "there are " + String.join(", ", vms.keySet())));
        }
        return vm;
    }
}
