package org.kemari.ft.backup;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionRole;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ProtectionStatus;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.ft.failover.TakeOver;
import org.kemari.ft.protocol.Goodbye;
import org.kemari.ft.session.Ground;
import org.kemari.ft.session.HeartbeatClock;
import org.kemari.ft.session.StatusBoard;
import org.kemari.ft.session.Strand;
import org.kemari.ft.session.Terms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup's side of a VM's protection: listens for a primary, holds its last whole state, and goes live when the
 * primary is lost and the next term is won, never without. Everything on the strand.
 */
public final class BackupProtection implements Protection, BackupSession.Owner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupProtection.class);
    private static final long LISTEN_RETRY_NANOS = 1_000_000_000L;

    private final Ground ground;
    private final String vm;
    private final Runnable live;
    private final Strand strand;
    private final HeartbeatClock clock;
    private final Terms terms;
    private final StatusBoard board;
    private final Replica replica;

    private ReplicationTransport.Listener listener;
    private BackupSession session;
    private Goodbye handOver;
    private boolean claiming;
    private boolean tookOver;
    private boolean closed;
    private long lostNanos;
    private long claimedNanos;
    /** What {@link Replica#prepare} gave; null before a loss. */
    private CompletableFuture<Long> prepared;

    private volatile int port;

    /** @param live is called on the strand when the VM runs here */
    public BackupProtection(Ground ground, Runnable live) {
        this.ground = ground;
        this.live = live;
        vm = ground.settings().vm();
        strand = new Strand(vm, ground.transport().newThread("ft-backup-" + vm));
        clock = new HeartbeatClock(vm);
        terms = new Terms(ground.arbiter(), ground.settings());
        board = new StatusBoard(vm, ProtectionRole.BACKUP, ground.settings().mode());
        replica = new Replica(ground.machine(), ground.tap());
    }

    public void start() {
        clock.start(ground.settings().heartbeatMillis());
        strand.execute(this::listen);
    }

    private void listen() {
        if (closed) {
            return;
        }
        try {
            listener = ground.transport()
                    .listen(
                            ground.settings().listen().orElseThrow(),
                            strand.thread(),
                            from -> new BackupSession(ground, strand, board, terms, replica, this, from));
            port = listener.address().getPort();
            board.state(ProtectionState.CONNECTING, "waits for a primary at " + listener.address());
        } catch (IOException e) {
            board.state(ProtectionState.CONNECTING, e.getMessage());
            strand.schedule(this::listen, LISTEN_RETRY_NANOS);
        }
    }

    /** Where it listens, 0 as long as it does not. */
    public int port() {
        return port;
    }

    @Override
    public String vm() {
        return vm;
    }

    @Override
    public ProtectionStatus status() {
        return board.status();
    }

    @Override
    public CompletableFuture<Void> handOver() {
        return CompletableFuture.failedFuture(
                new IllegalStateException("this is the backup of vm=" + vm + "; the primary hands over"));
    }

    // What sessions tell.

    @Override
    public Optional<String> greets(BackupSession greeting) {
        if (tookOver) {
            return Optional.of("vm=" + vm + " runs here with term " + status().term() + "; this is no backup any more");
        }
        if (claiming) {
            return Optional.of("the backup has lost its primary and claims the next term");
        }
        if (session != null) {
            return Optional.of("the backup is in use by " + session.peer());
        }
        session = greeting;
        clock.tickFor(greeting::tick);
        return Optional.empty();
    }

    @Override
    public void lost(BackupSession lost, String reason) {
        if (lost != session) {
            LOG.info("vm={} peer={} left before it was accepted: {}", vm, lost.peer(), reason);
            return;
        }
        forgetSession();
        if (closed || claiming) {
            return;
        }
        if (!replica.whole()) {
            board.state(ProtectionState.CONNECTING, reason + "; waits for a primary");
            return;
        }
        lostNanos = System.nanoTime();
        board.detectMillis((lostNanos - lost.lastHeardNanos()) / 1_000_000);
        claim(lost.term(), reason);
    }

    private void forgetSession() {
        session = null;
        clock.tickForNobody();
        board.peer("");
    }

    @Override
    public void goodbye(BackupSession leaving, Goodbye goodbye) {
        if (leaving != session) {
            return;
        }
        switch (goodbye.kind()) {
            case UNPROTECT -> {
                replica.forget();
                leaving.answer(goodbye);
                forgetSession();
                board.state(ProtectionState.CONNECTING, "the primary ended protection: " + goodbye.reason());
            }
            case POWER_OFF -> {
                replica.forget();
                leaving.answer(goodbye);
                forgetSession();
                board.state(ProtectionState.OFF, goodbye.reason());
            }
            case HAND_OVER -> {
                replica.released(goodbye.releasedEpoch());
                if (!replica.whole()) {
                    leaving.refuseAndEnd("there is no whole state to go on from");
                    forgetSession();
                    return;
                }
                handOver = goodbye;
                lostNanos = System.nanoTime();
                claim(leaving.term(), "handed over by " + leaving.peer());
            }
        }
    }

    // Going live.

    private void claim(long lostTerm, String reason) {
        if (closed) {
            return;
        }
        claiming = true;
        CompletableFuture<Arbiter.Term> claim = terms.claim(lostTerm + 1);
        if (prepared == null) {
            // Beside the claim; one that is lost leaves the machine standing.
            prepared = replica.prepare();
        }
        board.state(ProtectionState.CLAIMING, reason);
        strand.when(claim, (answer, failure) -> {
            if (closed) {
                return;
            }
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                board.state(
                        ProtectionState.CLAIMING,
                        reason + "; arbiter.location=" + terms.location() + " cannot be reached: " + cause.getMessage()
                                + "; without it this copy stays as it is");
                strand.schedule(() -> claim(lostTerm, reason), Terms.RETRY_NANOS);
            } else if (answer.holder().equals(terms.node())) {
                claimedNanos = System.nanoTime();
                board.term(answer.number());
                takeOver(reason);
            } else {
                claiming = false;
                prepared = null;
                board.term(answer.number());
                replica.forget();
                endHandOver("term " + answer.number() + " is held by " + answer.holder());
                board.state(
                        ProtectionState.FENCED,
                        "term " + answer.number() + " is held by " + answer.holder() + " (" + reason
                                + "); waits for a primary");
            }
        });
    }

    private void takeOver(String reason) {
        board.state(ProtectionState.TAKING_OVER, reason);
        tookOver = true;
        strand.when(prepared, (applied, failure) -> {
            if (failure != null) {
                failed(failure);
                return;
            }
            long readyNanos = System.nanoTime();
            TakeOver takeOver = new TakeOver(vm, ground.machine(), ground.tap(), strand);
            strand.when(
                    takeOver.run(replica.pendingInputs(), replica.pendingOutputs(), replica.addresses()),
                    (running, gone) -> {
                        if (gone != null) {
                            failed(gone);
                        } else {
                            times(applied, readyNanos);
                            running(reason);
                        }
                    });
        });
    }

    private void times(long appliedNanos, long readyNanos) {
        LOG.info(
                "vm={} took over: millis after the loss: term={} applied={} ready={} running={}",
                vm,
                millisSinceLoss(claimedNanos),
                millisSinceLoss(appliedNanos),
                millisSinceLoss(readyNanos),
                millisSinceLoss(System.nanoTime()));
    }

    private long millisSinceLoss(long nanos) {
        return (nanos - lostNanos) / 1_000_000;
    }

    private void running(String reason) {
        board.takeoverMillis(millisSinceLoss(System.nanoTime()));
        if (handOver != null && session != null) {
            session.answer(handOver);
            forgetSession();
        }
        handOver = null;
        claiming = false;
        replica.forget();
        board.state(ProtectionState.UNPROTECTED, reason + "; the guest goes on here");
        closeListener();
        live.run();
    }

    private void failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        LOG.error("vm={} cannot go on here", vm, cause);
        endHandOver("the backup cannot go on: " + cause.getMessage());
        board.state(ProtectionState.OFF, "cannot go on from the committed state: " + cause.getMessage());
    }

    private void endHandOver(String reason) {
        if (handOver != null && session != null) {
            session.refuseAndEnd(reason);
            forgetSession();
        }
        handOver = null;
    }

    private void closeListener() {
        if (listener != null) {
            listener.close();
            listener = null;
            port = 0;
        }
    }

    /** Ends it. A primary is told, and goes on unprotected; a VM that went live here goes on. */
    @Override
    public void close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        strand.execute(() -> {
            closed = true;
            if (session != null) {
                session.refuseAndEnd("the backup was switched off");
                forgetSession();
            }
            closeListener();
            if (!tookOver) {
                replica.forget();
                board.state(ProtectionState.OFF, "switched off");
            }
            done.complete(null);
        });
        try {
            done.get(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("vm={} the protection's thread does not answer", vm);
        }
        clock.close();
        terms.close();
        strand.close();
    }
}
