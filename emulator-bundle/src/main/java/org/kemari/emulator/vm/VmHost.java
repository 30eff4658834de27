package org.kemari.emulator.vm;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.machine.DeviceModels;

/** What VMs of one container share: the device models, and each other's names. Any thread. */
interface VmHost {
    DeviceModels models();

    Machine create(MachineConfig config) throws MachineConfigException;

    /** Checks all that can be checked beside the machine that runs as {@code now} and is to become {@code next}. */
    void check(MachineConfig next, MachineConfig now) throws MachineConfigException;

    Names names();

    /** Says to the user that a VM cannot be what its configuration wants. */
    void problem(String vm, String message);

    /** Makes a machine known; running the result takes it back. */
    interface Announcer {
        Runnable announce(Machine machine);
    }

    /** Who has which name, and who waits for one. */
    final class Names {
        private final Map<String, Object> owners = new ConcurrentHashMap<>();
        private final List<Runnable> waiting = new CopyOnWriteArrayList<>();

        boolean claim(String name, Object owner) {
            Object holder = owners.putIfAbsent(name, owner);
            return holder == null || holder == owner;
        }

        void release(String name, Object owner) {
            owners.remove(name, owner);
        }

        boolean free(String name) {
            return !owners.containsKey(name);
        }

        /** {@code tryAgain} is run whenever {@link #tellWaiting} is, until {@link #unwatch}. */
        void watch(Runnable tryAgain) {
            waiting.add(tryAgain);
        }

        void unwatch(Runnable tryAgain) {
            waiting.remove(tryAgain);
        }

        /** To be called after a release, with no lock held. */
        void tellWaiting() {
            waiting.forEach(Runnable::run);
        }
    }
}
