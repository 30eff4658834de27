package org.kemari.emulator.vm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.machine.MachineState;
import org.kemari.emulator.machine.DeviceModels;
import org.kemari.emulator.machine.Rehearsal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VM from its configuration's first to its last day. A configuration that cannot be honoured changes nothing: what
 * ran before goes on. Calls come on ConfigAdmin's thread and on those of device bundles, one at a time by this lock; the
 * machine thread never takes it.
 */
final class VmLifecycle implements DeviceModels.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(VmLifecycle.class);

    /** A machine thread ends within a slice, its devices within the flush of their disks. */
    private static final long STOP_LIMIT_SECONDS = 30;

    private static final long REHEARSAL_LIMIT_MILLIS = 1_000;

    private final VmHost host;
    private final VmHost.Announcer announcer;
    /** What the VM is to be; empty while its configuration is refused. */
    private Optional<VmProperties> wanted = Optional.empty();

    private Optional<Running> running = Optional.empty();
    /** A configuration refused because its name is another VM's: it is tried again when names become free. */
    private Optional<VmProperties> nameless = Optional.empty();

    private final Runnable nameFreed = this::nameFreed;
    private boolean closed;

    VmLifecycle(VmHost host, VmHost.Announcer announcer) {
        this.host = host;
        this.announcer = announcer;
    }

    /** A machine, how to take back that it is known, and what keeps the Java VM warm for one that stands by. */
    private record Running(
            VmProperties properties, Machine machine, Runnable withdraw, Optional<Rehearsal> rehearsal) {}

    void configure(Map<String, ?> properties) {
        configureLocked(properties);
        host.names().tellWaiting();
    }

    private synchronized void configureLocked(Map<String, ?> properties) {
        String name = VmProperties.nameOf(properties);
        nameless = Optional.empty();
        host.names().unwatch(nameFreed);
        try {
            VmProperties next = VmProperties.parse(properties);
            name = next.machine().name();
            if (wanted.isEmpty()) {
                begin(next);
            } else {
                change(next);
            }
        } catch (MachineConfigException e) {
            host.problem(name, e.getMessage());
        }
    }

    private void begin(VmProperties next) throws MachineConfigException {
        try {
            claim(next);
        } catch (MachineConfigException e) {
            nameless = Optional.of(next);
            host.names().watch(nameFreed);
            throw e;
        }
        wanted = Optional.of(next);
        host.models().watch(this);
        bringUp();
    }

    private void claim(VmProperties next) throws MachineConfigException {
        if (!host.names().claim(next.machine().name(), this)) {
            throw new MachineConfigException(
                    "name=" + next.machine().name() + " is taken by another VM of this container; use another name");
        }
    }

    private void release(VmProperties properties) {
        host.names().release(properties.machine().name(), this);
    }

    /** On the thread of the VM that gave its name up. */
    private void nameFreed() {
        synchronized (this) {
            if (closed
                    || nameless.isEmpty()
                    || !host.names().free(nameless.get().machine().name())) {
                return;
            }
            VmProperties again = nameless.get();
            nameless = Optional.empty();
            host.names().unwatch(nameFreed);
            try {
                begin(again);
            } catch (MachineConfigException e) {
                host.problem(again.machine().name(), e.getMessage());
            }
        }
    }

    /** Makes the machine if all device types are there; otherwise waits for the next one to come. */
    private void bringUp() {
        VmProperties properties = wanted.orElseThrow();
        String name = properties.machine().name();
        for (DeviceSpec spec : properties.machine().devices()) {
            if (host.models().find(spec.type()).isEmpty()) {
                LOG.info("vm={} waiting for device type {}", name, spec.type());
                return;
            }
        }
        try {
            announce(properties);
        } catch (MachineConfigException e) {
            // Not wanted any more: only a changed configuration can mend it.
            host.models().unwatch(this);
            wanted = Optional.empty();
            release(properties);
            host.problem(name, e.getMessage());
        }
    }

    private void announce(VmProperties properties) throws MachineConfigException {
        Machine machine = host.create(properties.machine());
        Runnable withdraw = announcer.announce(machine);
        Optional<Rehearsal> rehearsal = properties.autostart() ? Optional.empty() : Rehearsal.begin(machine);
        running = Optional.of(new Running(properties, machine, withdraw, rehearsal));
        if (properties.autostart()) {
            machine.start();
        }
    }

    private void change(VmProperties next) throws MachineConfigException {
        VmProperties before = wanted.orElseThrow();
        List<String> differing = next.differences(before);
        if (differing.isEmpty()) {
            changeAutostart(next);
            return;
        }
        boolean renamed = !next.machine().name().equals(before.machine().name());
        if (renamed) {
            claim(next);
        }
        if (running.isEmpty()) {
            // It still waits for device types: nothing runs that a wrong configuration could harm.
            wanted = Optional.of(next);
            if (renamed) {
                release(before);
            }
            bringUp();
            return;
        }
        try {
            host.check(next.machine(), running.get().machine().config());
        } catch (MachineConfigException e) {
            if (renamed) {
                release(next);
            }
            throw e;
        }
        LOG.info("vm={} restarts with changed {}", before.machine().name(), String.join(", ", differing));
        takeDown("its configuration changed");
        wanted = Optional.of(next);
        if (renamed) {
            release(before);
        }
        replace(before);
    }

    /** What only making the machine can show to be wrong is answered by making the one before again. */
    private void replace(VmProperties before) throws MachineConfigException {
        VmProperties next = wanted.orElseThrow();
        try {
            announce(next);
        } catch (MachineConfigException e) {
            boolean renamed = !next.machine().name().equals(before.machine().name());
            if (!renamed) {
                wanted = Optional.of(before);
                announce(before);
            }
            throw e;
        }
    }

    private void changeAutostart(VmProperties next) {
        wanted = Optional.of(next);
        running.ifPresent(now -> {
            running = Optional.of(new Running(next, now.machine(), now.withdraw(), now.rehearsal()));
            if (next.autostart() && now.machine().status().state() == MachineState.CREATED) {
                now.machine().start();
            }
        });
    }

    void close() {
        closeLocked();
        host.names().tellWaiting();
    }

    private synchronized void closeLocked() {
        closed = true;
        nameless = Optional.empty();
        host.names().unwatch(nameFreed);
        host.models().unwatch(this);
        takeDown("its configuration is gone");
        wanted.ifPresent(this::release);
        wanted = Optional.empty();
    }

    private void takeDown(String reason) {
        if (running.isEmpty()) {
            return;
        }
        Running now = running.get();
        running = Optional.empty();
        String name = now.machine().config().name();
        now.withdraw().run();
        now.rehearsal().ifPresent(Rehearsal::end);
        try {
            if (now.rehearsal().isPresent()) {
                now.rehearsal().get().await(REHEARSAL_LIMIT_MILLIS);
            }
            now.machine().stop(reason).get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.error("vm={} did not stop within {} s", name, STOP_LIMIT_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.error("vm={} failed while it stopped", name, e.getCause());
        }
    }

    @Override
    public synchronized void modelCame(DeviceFactory factory) {
        if (!closed && running.isEmpty() && wanted.isPresent()) {
            bringUp();
        }
    }

    @Override
    public void modelGoes(DeviceFactory factory) {
        // The machine that uses it sees to that itself.
    }
}
