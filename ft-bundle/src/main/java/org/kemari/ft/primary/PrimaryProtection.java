package org.kemari.ft.primary;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineListener;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineTask;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionRole;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ProtectionStatus;
import org.kemari.api.tap.EventTap;
import org.kemari.ft.page.PageEncoder;
import org.kemari.ft.page.PageStaging;
import org.kemari.ft.protocol.Goodbye;
import org.kemari.ft.session.Ground;
import org.kemari.ft.session.HeartbeatClock;
import org.kemari.ft.session.StatusBoard;
import org.kemari.ft.session.Strand;
import org.kemari.ft.session.Terms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's side of a VM's protection: holds the term, finds the backup again and again, and when the backup is lost
 * lets no output go before it has won the next term. Everything on the strand.
 */
public final class PrimaryProtection implements Protection, PrimarySession.Owner, MachineListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PrimaryProtection.class);
    /** 16 MiB of pages; a checkpoint with more is fetched in turns. */
    private static final int STAGING_PAGES = 4_096;
    /** Another 16 MiB: what the backup is known to have. */
    private static final int CACHED_PAGES = 4_096;

    private static final long FIRST_RETRY_NANOS = 100_000_000L;
    private static final long LAST_RETRY_NANOS = 2_000_000_000L;
    private static final long ARBITER_RETRY_NANOS = 500_000_000L;
    private static final long TAP_CLOSING_MILLIS = 5_000;
    private static final long LAST_WORDS_MILLIS = 3_000;

    private final Ground ground;
    private final String vm;
    private final Machine machine;
    private final EventTap tap;
    private final Strand strand;
    private final HeartbeatClock clock;
    private final Terms terms;
    private final StatusBoard board;
    private final PageStaging staging = new PageStaging(STAGING_PAGES);
    private final PageEncoder encoder = new PageEncoder(CACHED_PAGES);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private PrimarySession session;
    private CompletableFuture<Void> handOver;
    private long term;
    private long nextEpoch = 1;
    private long retryNanos = FIRST_RETRY_NANOS;
    private boolean closing;
    private boolean claiming;
    private boolean pausedHere;
    private boolean finished;

    public PrimaryProtection(Ground ground) {
        this.ground = ground;
        vm = ground.settings().vm();
        machine = ground.machine();
        tap = ground.tap();
        strand = new Strand(vm, ground.transport().newThread("ft-primary-" + vm));
        clock = new HeartbeatClock(vm);
        terms = new Terms(ground.arbiter(), ground.settings());
        board = new StatusBoard(vm, ProtectionRole.PRIMARY, ground.settings().mode());
    }

    /** Claims the VM's term, starts the guest if it waits for that, and looks for the backup. */
    public void start() {
        machine.addListener(this);
        clock.start(ground.settings().heartbeatMillis());
        strand.execute(this::claimFirst);
    }

    @Override
    public String vm() {
        return vm;
    }

    @Override
    public ProtectionStatus status() {
        return board.status();
    }

    // The term.

    private void claimFirst() {
        if (finished || closing) {
            return;
        }
        strand.when(
                terms.current().thenCompose(current -> {
                    if (current.isPresent() && !current.get().holder().equals(terms.node())) {
                        return CompletableFuture.completedFuture(current.get());
                    }
                    // Also for one that holds the last term itself: a backup of an earlier session can win it no more.
                    return terms.claim(current.map(Arbiter.Term::number).orElse(0L) + 1);
                }),
                (won, failure) -> {
                    if (finished || closing) {
                        return;
                    }
                    if (failure != null) {
                        board.state(ProtectionState.CONNECTING, unreachable(failure));
                        strand.schedule(this::claimFirst, ARBITER_RETRY_NANOS);
                    } else if (won.holder().equals(terms.node())) {
                        hold(won.number());
                    } else {
                        livesElsewhere(won);
                    }
                });
    }

    /** There is another copy, which holds the term: this one must not run beside it, not even unprotected. */
    private void livesElsewhere(Arbiter.Term held) {
        board.term(held.number());
        String reason = "the VM lives at " + held.holder() + " since term " + held.number()
                + "; protect it there, or remove its terms from " + terms.location()
                + " when that copy is gone for good, and start this one again";
        if (machine.status().state() == MachineState.RUNNING) {
            // Paused, not stopped: should the terms be stale, nothing of this copy is lost.
            machine.pause(reason);
        }
        finish(ProtectionState.FENCED, reason);
    }

    private String unreachable(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return "arbiter=" + ground.settings().arbiter() + " at arbiter.location=" + terms.location()
                + " cannot be reached: " + cause.getMessage();
    }

    private void hold(long number) {
        term = number;
        board.term(number);
        try {
            if (machine.status().state() == MachineState.CREATED) {
                machine.start();
            }
        } catch (IllegalStateException e) {
            finish(ProtectionState.OFF, "the VM cannot be started: " + e.getMessage());
            return;
        }
        connect();
    }

    // The backup.

    private void connect() {
        if (finished || closing || claiming || session != null) {
            return;
        }
        session = new PrimarySession(ground, strand, board, this, staging, encoder, term, nextEpoch);
        clock.tickFor(session::tick);
        session.connect();
    }

    @Override
    public void protectedNow() {
        retryNanos = FIRST_RETRY_NANOS;
        board.state(ProtectionState.PROTECTED, "");
    }

    @Override
    public void lost(PrimarySession lost, String reason) {
        detach(lost, held -> {
            if (finished) {
                return;
            }
            if (held) {
                claim(reason);
                return;
            }
            claiming = false;
            if (closing) {
                onMachine(view -> disarm(), () -> finish(ProtectionState.OFF, "switched off"));
            } else {
                onMachine(view -> disarm(), () -> retry(reason));
            }
        });
    }

    private void retry(String reason) {
        // Once lost, a protection stays lost until the next copy starts.
        boolean wasProtected = board.state() == ProtectionState.UNPROTECTED;
        board.state(
                wasProtected ? ProtectionState.UNPROTECTED : ProtectionState.CONNECTING,
                reason + "; the guest runs unprotected");
        board.peer("");
        strand.schedule(this::reconnect, retryNanos);
        retryNanos = Math.min(LAST_RETRY_NANOS, retryNanos * 2);
    }

    /** Between two attempts another host may have taken the VM, for example after its terms were removed. */
    private void reconnect() {
        strand.when(terms.current(), (current, failure) -> {
            if (finished || closing || claiming || session != null) {
                return;
            }
            // An arbiter that cannot be reached is the backup's to notice, too: it refuses what it cannot check.
            boolean elsewhere = failure == null
                    && current.isPresent()
                    && !current.get().holder().equals(terms.node());
            if (elsewhere) {
                livesElsewhere(current.get());
            } else {
                connect();
            }
        });
    }

    private void detach(PrimarySession lost, Consumer<Boolean> then) {
        session = null;
        clock.tickForNobody();
        // Until the machine thread has said whether outputs are held, nobody may let them go.
        claiming = true;
        nextEpoch = lost.epoch() + 2;
        onMachine(view -> PrimarySession.detach(lost, view), then);
    }

    /** The backup may hold a state to go on from: only who wins the next term may speak. */
    private void claim(String reason) {
        claiming = true;
        if (board.state() != ProtectionState.PAUSED) {
            board.state(ProtectionState.CLAIMING, reason);
        }
        strand.when(terms.claim(term + 1), (answer, failure) -> {
            if (finished) {
                return;
            }
            if (failure != null) {
                pausedHere = true;
                machine.pause(unreachable(failure));
                board.state(ProtectionState.PAUSED, reason + "; " + unreachable(failure));
                strand.schedule(() -> claim(reason), ARBITER_RETRY_NANOS);
            } else if (answer.holder().equals(terms.node())) {
                won(reason);
            } else {
                board.term(answer.number());
                fence("stopped: term " + answer.number() + " is held by " + answer.holder() + " (" + reason + ")");
            }
        });
    }

    private void won(String reason) {
        term = term + 1;
        board.term(term);
        onMachine(view -> disarm(), () -> {
            claiming = false;
            if (pausedHere && machine.status().state() == MachineState.PAUSED) {
                machine.start();
            }
            pausedHere = false;
            if (handOver != null) {
                handOver.completeExceptionally(new IllegalStateException("the VM stays here: " + reason));
                handOver = null;
            }
            if (closing) {
                finish(ProtectionState.OFF, "switched off; " + reason);
                return;
            }
            board.state(ProtectionState.UNPROTECTED, reason + "; the guest goes on with term " + term);
            board.peer("");
            strand.schedule(this::connect, retryNanos);
        });
    }

    private Void disarm() {
        tap.disarm();
        return null;
    }

    /** Another copy has the right to speak: this one ends. */
    private void fence(String reason) {
        onMachine(
                view -> {
                    tap.fence();
                    return null;
                },
                () -> {
                    finish(ProtectionState.FENCED, reason);
                    machine.stop(reason);
                });
    }

    @Override
    public CompletionStage<Optional<Arbiter.Term>> currentTerm() {
        return terms.current();
    }

    // Wanted ends.

    @Override
    public CompletableFuture<Void> handOver() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        strand.execute(() -> {
            if (session == null || board.state() != ProtectionState.PROTECTED || handOver != null || closing) {
                done.completeExceptionally(new IllegalStateException(
                        "vm=" + vm + " is " + board.state() + "; it can be handed over when it is PROTECTED"));
                return;
            }
            handOver = done;
            session.handOver();
        });
        return done;
    }

    @Override
    public void left(PrimarySession gone, Goodbye.Kind kind) {
        String peer = gone.peer();
        detach(gone, held -> {
            switch (kind) {
                case HAND_OVER -> fence("handed over to " + peer);
                case UNPROTECT -> onMachine(view -> disarm(), () -> finish(ProtectionState.OFF, "switched off"));
                case POWER_OFF -> onMachine(view -> disarm(), () -> finish(ProtectionState.OFF, machineEnd));
            }
        });
    }

    private String machineEnd = "";

    /** The machine thread does nothing more for the guest: tasks are done here. */
    private volatile boolean machineOver;

    @Override
    public void stateChanged(Machine changed, MachineState from, MachineState to, String reason) {
        if (to != MachineState.STOPPED && to != MachineState.FAILED) {
            return;
        }
        machineOver = true;
        strand.execute(() -> machineEnded(to, reason));
        if (to == MachineState.STOPPED && tap.armed()) {
            lastWords();
        }
    }

    /**
     * What the guest said last is held until the backup knows that nobody goes on. The devices close when this thread
     * goes on, and with them the way out; so it waits, bounded, with nothing else to do any more.
     */
    private void lastWords() {
        try {
            ended.get(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("vm={} the backup did not hear of the guest's end in time: its last words are lost", vm);
        }
    }

    private void machineEnded(MachineState to, String reason) {
        if (finished) {
            return;
        }
        machineEnd = reason.isEmpty() ? "the guest has switched itself off" : reason;
        closing = true;
        if (to == MachineState.FAILED && tap.armed()) {
            // An error of ours here; the backup goes on from its last whole state, if it can.
            PrimarySession failed = session;
            if (failed != null) {
                failed.end();
            }
            finish(ProtectionState.FENCED, "the machine failed: " + reason);
        } else if (session == null ? !claiming : !session.leave(Goodbye.Kind.POWER_OFF, machineEnd)) {
            endQuietly(machineEnd);
        }
    }

    /** The session has nothing that the backup must be told: it holds nothing yet. */
    private void endQuietly(String reason) {
        if (session != null) {
            PrimarySession quiet = session;
            quiet.end();
            detach(quiet, held -> onMachine(view -> disarm(), () -> finish(ProtectionState.OFF, reason)));
        } else {
            onMachine(view -> disarm(), () -> finish(ProtectionState.OFF, reason));
        }
    }

    /** Switches protection off; the guest goes on. Done when outputs pass, or the VM has ended. */
    public CompletableFuture<Void> unprotect(String reason) {
        strand.execute(() -> {
            if (finished || closing) {
                return;
            }
            closing = true;
            if (session == null ? !claiming : !session.leave(Goodbye.Kind.UNPROTECT, reason)) {
                endQuietly(reason);
            }
        });
        return ended;
    }

    @Override
    public void tapClosing() {
        LOG.warn("vm={} the event-tap goes away: protection ends", vm);
        try {
            unprotect("the event-tap was stopped").get(TAP_CLOSING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            machine.pause("the event-tap was stopped and the backup could not be told");
        }
    }

    private void finish(ProtectionState state, String reason) {
        finished = true;
        board.state(state, reason);
        if (handOver != null) {
            if (state == ProtectionState.FENCED && reason.startsWith("handed over")) {
                handOver.complete(null);
            } else {
                handOver.completeExceptionally(new IllegalStateException(reason));
            }
        }
        ended.complete(null);
    }

    /** Ends all threads; {@link #unprotect} comes before it. */
    @Override
    public void close() {
        machine.removeListener(this);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        strand.execute(() -> {
            finished = true;
            if (session != null) {
                session.end();
                session = null;
            }
            ended.complete(null);
            closed.complete(null);
        });
        try {
            closed.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("vm={} the protection's thread does not answer", vm);
        }
        clock.close();
        terms.close();
        strand.close();
    }

    // The machine thread; where it has ended, nobody else touches the tap.

    private <T> void onMachine(MachineTask<T> task, Consumer<T> then) {
        if (machineOver) {
            then.accept(withoutMachine(task));
            return;
        }
        strand.when(machine.call(task), (result, failure) -> {
            if (failure == null) {
                then.accept(result);
                return;
            }
            MachineState state = machine.status().state();
            if (!machineOver && state != MachineState.STOPPED && state != MachineState.FAILED) {
                LOG.error("vm={} a task of the protection failed", vm, failure);
                return;
            }
            then.accept(withoutMachine(task));
        });
    }

    private <T> void onMachine(MachineTask<T> task, Runnable then) {
        onMachine(task, result -> then.run());
    }

    private <T> T withoutMachine(MachineTask<T> task) {
        try {
            return task.run(new EndedMachine());
        } catch (Exception e) {
            throw new IllegalStateException("a task failed after the machine's end", e);
        }
    }
}
