package org.kemari.cli.run;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.kemari.api.machine.Machine;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ProtectionStatus;
import org.kemari.cli.container.Container;
import org.kemari.cli.json.JsonFile;
import org.kemari.cli.json.RecordJson;

/** Looks at a VM four times a second: rewrites its status file, and says on standard error when its protection changes. */
final class StatusReporter implements AutoCloseable {
    private static final long PERIOD_MILLIS = 250;
    private static final long END_MILLIS = 1_000;

    private final Container container;
    private final String vm;
    private final Optional<JsonFile> file;
    private final PrintStream err;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "kemari-status");
        thread.setDaemon(true);
        return thread;
    });
    private Optional<ProtectionState> told = Optional.empty();
    private boolean failed;

    StatusReporter(Container container, String vm, Optional<JsonFile> file, PrintStream err) {
        this.container = container;
        this.vm = vm;
        this.file = file;
        this.err = err;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** One look; on the timer's thread, or when nobody else looks any more. */
    void look() {
        Optional<ProtectionStatus> protection = container.protection(vm).map(Protection::status);
        protection.ifPresent(this::tellChange);
        if (file.isPresent() && !failed) {
            try {
                file.get().write(status(protection));
            } catch (IOException e) {
                failed = true;
                err.println("kemari: --status=" + file.get().path() + " cannot be written: " + e.getMessage()
                        + "; the VM goes on without it");
            }
        }
    }

    private JsonObject status(Optional<ProtectionStatus> protection) {
        JsonObject object = new JsonObject();
        object.put("vm", vm);
        object.put("pid", ProcessHandle.current().pid());
        object.put("epochMillis", System.currentTimeMillis());
        object.put(
                "machine",
                container.machine(vm).map(Machine::status).map(RecordJson::of).orElse(null));
        object.put(
                "counters",
                new JsonObject(container.machine(vm).map(Machine::counters).orElse(Map.of())));
        object.put("protection", protection.map(RecordJson::of).orElse(null));
        return object;
    }

    private void tellChange(ProtectionStatus status) {
        if (told.isPresent() && told.get() == status.state()) {
            return;
        }
        told = Optional.of(status.state());
        String reason = status.reason().isEmpty() ? "" : ": " + status.reason();
        err.println("kemari: vm=" + vm + " " + status.role().name().toLowerCase(java.util.Locale.ROOT) + " "
                + status.state() + reason);
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            if (timer.awaitTermination(END_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
