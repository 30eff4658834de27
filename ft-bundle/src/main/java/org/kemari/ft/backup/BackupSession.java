package org.kemari.ft.backup;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.SessionHandler;
import org.kemari.ft.page.Packed;
import org.kemari.ft.page.PageBatch;
import org.kemari.ft.protocol.Flags;
import org.kemari.ft.protocol.Goodbye;
import org.kemari.ft.protocol.Hello;
import org.kemari.ft.protocol.OutputList;
import org.kemari.ft.protocol.PayloadException;
import org.kemari.ft.protocol.PayloadReader;
import org.kemari.ft.protocol.VmId;
import org.kemari.ft.session.Ground;
import org.kemari.ft.session.Heartbeat;
import org.kemari.ft.session.StatusBoard;
import org.kemari.ft.session.Strand;
import org.kemari.ft.session.Terms;
import org.kemari.ft.session.Twins;

/**
 * One connection from a primary. {@link ReceiverState} says what is allowed when; a frame that is not allowed, or makes no
 * sense, ends the session with an ERROR and changes nothing. Everything on the strand.
 */
final class BackupSession implements SessionHandler {
    /** Changes of disks that wait to be written; with more, the primary waits for its ACK. */
    private static final long MAX_DISK_BYTES = 64L << 20;

    private static final byte[] EMPTY = {};

    /** What is told to whoever listens; on the strand. */
    interface Owner {
        /** A peer says HELLO. Empty if it is welcome so far, else why not. */
        Optional<String> greets(BackupSession session);

        /** The session ended unasked. */
        void lost(BackupSession session, String reason);

        /** A wanted end. */
        void goodbye(BackupSession session, Goodbye goodbye);
    }

    private final Ground ground;
    private final Strand strand;
    private final StatusBoard board;
    private final Terms terms;
    private final Replica replica;
    private final Owner owner;
    private final ReplicationSession session;
    private final int vmId;

    private ReceiverState state = ReceiverState.EXPECTING_HELLO;
    private IncomingTransaction transaction;
    private long diskBytes;
    private long term;
    private boolean accepted;
    private volatile Heartbeat heartbeat;

    BackupSession(
            Ground ground,
            Strand strand,
            StatusBoard board,
            Terms terms,
            Replica replica,
            Owner owner,
            ReplicationSession session) {
        this.ground = ground;
        this.strand = strand;
        this.board = board;
        this.terms = terms;
        this.replica = replica;
        this.owner = owner;
        this.session = session;
        this.vmId = VmId.of(ground.settings().vm());
    }

    // What the session tells.

    @Override
    public void opened(ReplicationSession opened) {
        // It is the peer's turn.
    }

    @Override
    public void received(ReplicationSession from, ReplicationFrame frame) {
        Heartbeat beat = heartbeat;
        if (beat != null) {
            beat.heard(System.nanoTime());
        }
        strand.execute(() -> take(frame));
    }

    @Override
    public void writable(ReplicationSession now) {
        // Answers are short.
    }

    @Override
    public void closed(ReplicationSession now, String reason) {
        strand.execute(() -> lose(reason));
    }

    // Strand.

    String peer() {
        return session.peer().toString();
    }

    long term() {
        return term;
    }

    ReceiverState state() {
        return state;
    }

    long lastHeardNanos() {
        Heartbeat beat = heartbeat;
        return beat == null ? System.nanoTime() : beat.lastHeardNanos();
    }

    /** A sign of life is due; called by the clock's thread. */
    void tick() {
        Heartbeat beat = heartbeat;
        if (beat != null) {
            beat.tick(System.nanoTime());
        }
    }

    void send(ReplicationCommand command, int flags, long epoch, byte[] payload) {
        session.send(new ReplicationFrame(command, flags, vmId, term, epoch, payload));
    }

    private void take(ReplicationFrame frame) {
        if (state == ReceiverState.ENDED) {
            return;
        }
        ReceiverState next = state.after(frame.command()).orElse(null);
        if (next == null) {
            refuse(frame.command() + " is not allowed in state " + state);
            return;
        }
        if (frame.command() == ReplicationCommand.ERROR) {
            lose("the primary says: " + new String(frame.payload(), StandardCharsets.UTF_8));
            return;
        }
        if (frame.command() == ReplicationCommand.COMMIT
                && (frame.flags() & Flags.COPY) != 0 != (state == ReceiverState.COPYING)) {
            refuse("COMMIT of the wrong kind is not allowed in state " + state);
            return;
        }
        if (state != ReceiverState.EXPECTING_HELLO && (frame.vmId() != vmId || frame.term() != term)) {
            refuse(frame.command() + " of another VM or term " + frame.term() + "; this session has term " + term);
            return;
        }
        boolean part = frame.command() != ReplicationCommand.HEARTBEAT && frame.command() != ReplicationCommand.GOODBYE;
        if (state != ReceiverState.EXPECTING_HELLO && !accepted && part) {
            refuse(frame.command() + " is not allowed before WELCOME");
            return;
        }
        ReceiverState before = state;
        state = next;
        try {
            act(before, frame);
        } catch (PayloadException e) {
            if (frame.command() == ReplicationCommand.COMMIT) {
                transaction = null;
                send(ReplicationCommand.NACK, 0, frame.epoch(), e.getMessage().getBytes(StandardCharsets.UTF_8));
            } else {
                refuse(frame.command() + ": " + e.getMessage());
            }
        }
    }

    private void act(ReceiverState before, ReplicationFrame frame) throws PayloadException {
        switch (frame.command()) {
            case HELLO -> hello(frame);
            case RAM, DISK, OUTPUTS, DEVICE -> {
                if (before == ReceiverState.COPYING) {
                    copy(frame);
                } else {
                    transaction.add(frame);
                }
            }
            case BEGIN -> begin(frame);
            case COMMIT -> {
                if (before == ReceiverState.COPYING) {
                    mark(frame.epoch());
                } else {
                    commit(frame);
                }
            }
            case CANCEL -> transaction = null;
            case INPUTS -> replica.inputs(frame.epoch(), OutputList.decodeInputs(frame.payload()));
            case GOODBYE -> {
                transaction = null;
                owner.goodbye(this, Goodbye.decode(frame.payload()));
            }
            case HEARTBEAT -> {
                if (frame.payload().length > 0 && replica.whole()) {
                    replica.foretell(frame.payload());
                }
            }
            case ERROR, WELCOME, ACK, NACK, JOURNAL_ACK -> {
                // These do not get here.
            }
        }
    }

    // Greeting.

    private void hello(ReplicationFrame frame) throws PayloadException {
        Hello primary = Hello.decode(frame.payload());
        Optional<String> refusal = Twins.difference(primary, Twins.describe(ground));
        if (refusal.isEmpty() && ground.machine().status().state() != MachineState.CREATED) {
            refusal = Optional.of("the backup's VM is "
                    + ground.machine().status().state() + "; a backup's VM must not run: set autostart=false there");
        }
        if (refusal.isEmpty()) {
            refusal = owner.greets(this);
        }
        if (refusal.isPresent()) {
            board.state(board.state(), "refused " + peer() + ": " + refusal.get());
            refuse(refusal.get());
            return;
        }
        term = frame.term();
        strand.when(terms.current(), (current, failure) -> {
            if (state != ReceiverState.COPYING) {
                return;
            }
            if (failure != null) {
                refuse("the backup's arbiter cannot be asked: " + cause(failure));
            } else if (!agrees(current, primary)) {
                refuse("arbiter.location=" + terms.location() + " of the backup says "
                        + current.map(held -> "term " + held.number() + " is held by " + held.holder())
                                .orElse("nobody has a term")
                        + ", the primary " + primary.node() + " says term " + term
                        + "; set the same arbiter.location on both sides");
            } else {
                welcome();
            }
        });
    }

    private boolean agrees(Optional<Arbiter.Term> current, Hello primary) {
        return current.isPresent()
                && current.get().number() == term
                && current.get().holder().equals(primary.node());
    }

    private void welcome() {
        board.peer(peer());
        board.term(term);
        board.sessionStarts();
        board.state(ProtectionState.SYNCHRONISING, "first copy from " + peer());
        replica.forget();
        long millis = ground.settings().heartbeatMillis();
        heartbeat = new Heartbeat(
                millis,
                Heartbeat.copyLimitMillis(ground.settings().heartbeatLimitMillis()),
                System.nanoTime(),
                () -> send(ReplicationCommand.HEARTBEAT, 0, 0, EMPTY),
                silence -> strand.execute(() -> lose("no sign of life from the primary for " + silence + " ms")));
        strand.when(replica.clear(), (cleared, failure) -> {
            if (state != ReceiverState.COPYING) {
                return;
            }
            if (failure != null) {
                refuse("the backup's VM does not answer: " + cause(failure));
            } else {
                accepted = true;
                send(ReplicationCommand.WELCOME, 0, 0, Twins.describe(ground).encode());
            }
        });
    }

    // The first copy.

    private void copy(ReplicationFrame frame) throws PayloadException {
        byte[] raw = Packed.unpack(frame.payload(), (frame.flags() & Flags.PACKED) != 0);
        if (frame.command() == ReplicationCommand.RAM) {
            replica.copyPages(PageBatch.decode(raw, replica.ramPages()));
        } else {
            replica.disks().apply(replica.disks().check(OutputList.decode(raw)));
        }
    }

    private void mark(long number) {
        strand.when(replica.applied().thenCombine(replica.disks().settled(), (ram, disk) -> ram), (done, failure) -> {
            if (state == ReceiverState.ENDED) {
                return;
            }
            if (failure != null) {
                unusable(failure);
            } else {
                send(ReplicationCommand.ACK, Flags.COPY, number, EMPTY);
            }
        });
    }

    // Transactions.

    private void begin(ReplicationFrame frame) throws PayloadException {
        PayloadReader in = new PayloadReader(frame.payload());
        long released = in.u64();
        in.end();
        if (frame.epoch() <= replica.epoch()) {
            throw new PayloadException("epoch " + frame.epoch() + " is not after epoch " + replica.epoch());
        }
        replica.released(released);
        transaction = new IncomingTransaction(frame, replica.ramPages(), replica.disks());
    }

    private void commit(ReplicationFrame frame) throws PayloadException {
        IncomingTransaction whole = transaction;
        if (whole == null) {
            throw new PayloadException("there is no transaction");
        }
        whole.verify(frame);
        transaction = null;
        boolean first = !replica.whole();
        // The one before must be applied by now: otherwise two would have to be kept.
        CompletableFuture<?> tried = first ? replica.tryFirst(whole) : replica.tryState(whole);
        boolean disksFirst = first || diskBytes >= MAX_DISK_BYTES;
        CompletableFuture<?> ready =
                disksFirst ? tried.thenCombine(replica.disks().settled(), (ram, disk) -> ram) : tried;
        strand.when(ready, (done, failure) -> {
            if (state == ReceiverState.ENDED) {
                return;
            }
            if (failure != null) {
                unusable(failure);
                return;
            }
            replica.commit(whole, first);
            send(ReplicationCommand.ACK, 0, whole.epoch(), EMPTY);
            watchDisks(whole);
            board.epoch(whole.epoch());
            board.committed(whole.epoch());
            if (first) {
                heartbeat.limit(ground.settings().heartbeatLimitMillis());
                board.state(ProtectionState.PROTECTED, "");
            }
        });
    }

    /** A change that was acknowledged and cannot be written makes this backup unusable. */
    private void watchDisks(IncomingTransaction committed) {
        if (committed.diskChanges().isEmpty()) {
            return;
        }
        long bytes = committed.diskChanges().stream()
                .mapToLong(change -> change.output().sizeBytes())
                .sum();
        diskBytes += bytes;
        strand.when(replica.disks().settled(), (done, failure) -> {
            diskBytes -= bytes;
            if (failure != null && state != ReceiverState.ENDED) {
                unusable(failure);
            }
        });
    }

    private void unusable(Throwable failure) {
        replica.forget();
        refuse("the backup cannot keep the state: " + cause(failure)
                + "; mend that there, it is tried again by itself");
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    // The end.

    private void refuse(String reason) {
        send(ReplicationCommand.ERROR, 0, replica.epoch(), reason.getBytes(StandardCharsets.UTF_8));
        lose(reason);
    }

    private void lose(String reason) {
        if (state != ReceiverState.ENDED) {
            end();
            owner.lost(this, reason);
        }
    }

    /** Ends the session quietly. */
    void end() {
        state = ReceiverState.ENDED;
        transaction = null;
        Heartbeat beat = heartbeat;
        if (beat != null) {
            beat.end();
        }
        session.close();
    }

    /** Answers a GOODBYE and ends. */
    void answer(Goodbye goodbye) {
        send(ReplicationCommand.GOODBYE, 0, replica.epoch(), goodbye.encode());
        end();
    }

    /** Tells the primary that this side ends, and ends. */
    void refuseAndEnd(String reason) {
        send(ReplicationCommand.ERROR, 0, replica.epoch(), reason.getBytes(StandardCharsets.UTF_8));
        end();
    }
}
