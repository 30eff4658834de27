package org.kemari.ft.protection;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionMode;
import org.kemari.api.protection.ProtectionRole;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ProtectionStatus;
import org.kemari.ft.backup.BackupProtection;
import org.kemari.ft.primary.PrimaryProtection;
import org.kemari.ft.session.Ground;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configuration's place: runs a primary or a backup as soon as all that it needs is there, ends it when something
 * goes, and starts it anew when that is back. Changes come from any thread and are done one after the other on the slot's
 * own.
 */
final class ProtectionSlot implements Protection, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProtectionSlot.class);
    /** Telling the backup, or claiming the term if it does not answer, takes less. */
    private static final long END_MILLIS = 4_000;

    private static final long CHANGE_MILLIS = 8_000;

    /** What is wanted: either all that it takes, or what is missing. */
    record Wanted(String vm, ProtectionRole role, ProtectionMode mode, Ground ground, String missing) {}

    private final ExecutorService thread;
    private final Runnable roleChanged;
    private volatile Wanted wanted;
    private volatile Protection current;

    // Slot's thread only.
    private Ground running;
    private PrimaryProtection primary;
    private BackupProtection backup;

    /** @param roleChanged is told when a backup has become a primary */
    ProtectionSlot(Wanted first, Runnable roleChanged) {
        this.roleChanged = roleChanged;
        this.wanted = first;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "ft-slot-" + first.vm());
            created.setDaemon(true);
            return created;
        });
        want(first);
    }

    @Override
    public String vm() {
        return wanted.vm();
    }

    @Override
    public ProtectionStatus status() {
        Protection now = current;
        if (now != null) {
            return now.status();
        }
        Wanted idle = wanted;
        ProtectionState state = idle.ground() == null && idle.mode() != ProtectionMode.OFF
                ? ProtectionState.CONNECTING
                : ProtectionState.OFF;
        return new ProtectionStatus(
                idle.role(), idle.mode(), state, idle.missing(), "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public CompletableFuture<Void> handOver() {
        Protection now = current;
        return now != null
                ? now.handOver()
                : CompletableFuture.failedFuture(
                        new IllegalStateException("vm=" + vm() + " is not protected: " + wanted.missing()));
    }

    /** From here on this is wanted. Done when what it replaces has ended, and bounded. */
    void want(Wanted next) {
        wanted = next;
        try {
            thread.submit(this::settle).get(CHANGE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.error("vm={} protection cannot follow its configuration", vm(), e.getCause());
        } catch (TimeoutException | RejectedExecutionException e) {
            LOG.warn("vm={} protection takes long to follow a change", vm());
        }
    }

    private void settle() {
        Wanted next = wanted;
        Ground ground = next.mode() == ProtectionMode.OFF ? null : next.ground();
        if (Objects.equals(running, ground)) {
            return;
        }
        end(next.missing().isEmpty() ? "the configuration has changed" : next.missing());
        if (ground == null) {
            return;
        }
        running = ground;
        if (next.role() == ProtectionRole.PRIMARY) {
            startPrimary(ground);
        } else {
            backup = new BackupProtection(ground, () -> live(ground));
            current = backup;
            backup.start();
        }
    }

    private void startPrimary(Ground ground) {
        primary = new PrimaryProtection(ground);
        current = primary;
        primary.start();
    }

    /** The VM has gone live here. With a peer to protect it with, the backup becomes a primary. */
    private void live(Ground ground) {
        try {
            thread.execute(() -> {
                if (running != ground || ground.settings().peer().isEmpty()) {
                    return;
                }
                LOG.info(
                        "vm={} looks for a backup of its own at {}",
                        vm(),
                        ground.settings().peer().get());
                startPrimary(new Ground(
                        ground.settings().asPrimary(),
                        ground.machine(),
                        ground.tap(),
                        ground.transport(),
                        ground.arbiter()));
                roleChanged.run();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("vm={} went live while its protection was taken away", vm());
        }
    }

    private void end(String reason) {
        current = null;
        running = null;
        if (primary != null) {
            try {
                primary.unprotect(reason).get(END_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn(
                        "vm={} neither the backup nor the arbiter could be told that protection ends: outputs stay held",
                        vm());
            }
            primary.close();
            primary = null;
        }
        if (backup != null) {
            backup.close();
            backup = null;
        }
    }

    Optional<ProtectionRole> role() {
        Protection now = current;
        return now == null ? Optional.empty() : Optional.of(now.status().role());
    }

    @Override
    public void close() {
        want(new Wanted(vm(), wanted.role(), ProtectionMode.OFF, null, "switched off"));
        thread.shutdown();
    }
}
