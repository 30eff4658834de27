package org.kemari.cli.container;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.guest.GuestImages;
import org.kemari.api.machine.Machine;
import org.kemari.api.protection.Protection;

/** The container that a verb runs in. */
public interface Container {
    String VM_PID = "org.kemari.vm";
    String NETWORK_PID = "org.kemari.network";
    String FT_PID = "org.kemari.ft";

    /** Writes a factory configuration; replaces the one of that name. */
    void configure(String factoryPid, String name, Map<String, Object> properties) throws IOException;

    /** Deletes a factory configuration; nothing happens if there is none. */
    void remove(String factoryPid, String name) throws IOException;

    /**
     * Waits for a VM's machine.
     *
     * @throws VmProblemException if its configuration cannot be honoured, or nothing was heard of it in time
     */
    Machine awaitMachine(String vm, Duration limit) throws VmProblemException, InterruptedException;

    Optional<Machine> machine(String vm);

    Optional<Protection> protection(String vm);

    Optional<GuestImages> guestImages();
}
