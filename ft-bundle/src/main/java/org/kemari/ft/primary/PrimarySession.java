package org.kemari.ft.primary;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineTask;
import org.kemari.api.machine.MachineView;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ProtectionMode;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.SessionHandler;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.SealedEpoch;
import org.kemari.api.tap.TapListener;
import org.kemari.ft.page.Packed;
import org.kemari.ft.page.PageEncoder;
import org.kemari.ft.page.PageStaging;
import org.kemari.ft.protocol.Flags;
import org.kemari.ft.protocol.Goodbye;
import org.kemari.ft.protocol.Hello;
import org.kemari.ft.protocol.PayloadException;
import org.kemari.ft.protocol.VmId;
import org.kemari.ft.session.Ground;
import org.kemari.ft.session.Heartbeat;
import org.kemari.ft.session.StatusBoard;
import org.kemari.ft.session.Strand;
import org.kemari.ft.session.Terms;
import org.kemari.ft.session.Twins;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the backup, from the first call to its end: greeting, first copy, epochs, goodbye. {@link SenderState}
 * says what is allowed when. Everything on the strand, but for the tap's call and the tasks given to the machine.
 */
final class PrimarySession implements SessionHandler, TapListener {
    private static final Logger LOG = LoggerFactory.getLogger(PrimarySession.class);
    /** Holds the guest back while a checkpoint does not fit into the staging. */
    static final String THROTTLE_STAGING = "ft-staging";
    /** Holds the guest back while what it took in does not fit into the line. */
    static final String THROTTLE_INPUTS = "ft-inputs";
    /** Holds the guest back from its last checkpoint before a hand-over on. */
    static final String THROTTLE_HAND_OVER = "ft-handover";

    /** The backup clears its RAM and opens its images before it answers. */
    private static final long GREETING_NANOS = 10_000_000_000L;

    private static final long GOODBYE_NANOS = 2_000_000_000L;
    /** The backup claims a term and restores before it answers. */
    private static final long HAND_OVER_NANOS = 10_000_000_000L;

    /** What is told to whoever opened the session; on the strand. */
    interface Owner {
        /** The backup holds a whole state. */
        void protectedNow();

        /** The session ended unasked. */
        void lost(PrimarySession session, String reason);

        /** GOODBYE was answered. */
        void left(PrimarySession session, Goodbye.Kind kind);

        /** The machine must not be held back at once: the tap's bundle stops. Any thread; may wait. */
        void tapClosing();

        /** Asks the arbiter for the VM's last term. */
        CompletionStage<Optional<Arbiter.Term>> currentTerm();
    }

    /** Another turn of pages of a checkpoint. */
    private record Refill(long pagesLeft, long fetchedNanos) {}

    private final Ground ground;
    private final Machine machine;
    private final EventTap tap;
    private final Strand strand;
    private final StatusBoard board;
    private final Owner owner;
    private final PageStaging staging;
    private final PageEncoder encoder;
    private final FirstCopy copy;
    private final InputForwarder forwarder;
    private final EpochSettling settling;
    private final long term;
    private final long firstEpoch;
    private final long startedNanos = System.nanoTime();

    private ReplicationSession session;
    private FrameSender frames;
    /** Apart from those, as signs of life leave on the clock's thread. */
    private FrameSender beats;

    private volatile Heartbeat heartbeat;
    /** Written on the strand; the clock reads it. */
    private volatile SenderState state = SenderState.DIALLING;

    /** The line's end has been seen, and comes to the strand behind all that was received before. */
    private volatile boolean disconnected;

    /** After so much silence of this host the backup gives it up. */
    private long givesUpNanos;
    /** Before COMMIT was sent: the backup that acknowledges it has heard this host since. */
    private long committingNanos;

    private TransactionSender transaction;
    private Goodbye.Kind leaving;
    private long epoch;
    private long releasedEpoch;
    private boolean lastEpoch;
    /** Since when the guest stands, or stood last, for a checkpoint. */
    private long pausedNanos;

    private long pagesOfEpoch;
    private long timerNanos = Long.MAX_VALUE;
    private volatile boolean handingOver;
    private volatile long lastCheckpointNanos;
    /** True while the backup has all that was sealed: whoever sets it to false takes the next checkpoint. */
    private final AtomicBoolean mayCheckpoint = new AtomicBoolean();

    /** Epoch in which an output waits; written by the machine thread. */
    private volatile long waitingEpoch;
    /** Stops what still waits for the machine thread. */
    private volatile boolean ended;

    /** Machine thread. */
    private DirtyTracker tracker;

    PrimarySession(
            Ground ground,
            Strand strand,
            StatusBoard board,
            Owner owner,
            PageStaging staging,
            PageEncoder encoder,
            long term,
            long firstEpoch) {
        this.ground = ground;
        this.machine = ground.machine();
        this.tap = ground.tap();
        this.strand = strand;
        this.board = board;
        this.owner = owner;
        this.staging = staging;
        this.encoder = encoder;
        this.term = term;
        this.firstEpoch = firstEpoch;
        this.epoch = firstEpoch - 1;
        this.releasedEpoch = firstEpoch - 1;
        this.copy = new FirstCopy(this);
        this.settling = new EpochSettling(ground.settings().epochSettleMicros() * 1_000, startedNanos);
        this.forwarder = new InputForwarder(this::inputsWait, on -> machine.throttle(THROTTLE_INPUTS, on));
    }

    void connect() {
        session = ground.transport().connect(ground.settings().peer().orElseThrow(), strand.thread(), this);
    }

    // What the session tells.

    @Override
    public void opened(ReplicationSession opened) {
        strand.execute(() -> greet(opened));
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
        strand.execute(this::goOn);
    }

    @Override
    public void closed(ReplicationSession now, String reason) {
        disconnected = true;
        strand.execute(() -> lose(reason));
    }

    // Strand.

    SenderState state() {
        return state;
    }

    long epoch() {
        return epoch;
    }

    long bytesSent() {
        return session.bytesSent();
    }

    String peer() {
        return session.peer().toString();
    }

    Ground ground() {
        return ground;
    }

    Strand strand() {
        return strand;
    }

    FrameSender frames() {
        return frames;
    }

    PageStaging staging() {
        return staging;
    }

    PageEncoder encoder() {
        return encoder;
    }

    /** A sign of life is due; called at each interval by the clock's thread. */
    void tick() {
        Heartbeat beat = heartbeat;
        if (beat != null) {
            if (state == SenderState.GREETING) {
                // The backup asks its arbiter first; a limit of its own bounds that.
                beat.heard(System.nanoTime());
            }
            beat.tick(System.nanoTime());
        }
    }

    private boolean step(SenderEvent event) {
        return state.after(event)
                .map(next -> {
                    if (next != state) {
                        LOG.trace("vm={} session={} event={} to={}", tap.vm(), state, event, next);
                    }
                    state = next;
                    return true;
                })
                .orElse(false);
    }

    private void greet(ReplicationSession opened) {
        if (!step(SenderEvent.OPENED)) {
            return;
        }
        session = opened;
        frames = new FrameSender(opened, VmId.of(tap.vm()), term);
        frames.send(ReplicationCommand.HELLO, 0, 0, Twins.describe(ground).encode());
        beats = new FrameSender(opened, VmId.of(tap.vm()), term);
        long millis = ground.settings().heartbeatMillis();
        heartbeat = new Heartbeat(
                millis,
                Heartbeat.copyLimitMillis(ground.settings().heartbeatLimitMillis()),
                System.nanoTime(),
                () -> beats.send(ReplicationCommand.HEARTBEAT),
                silence -> strand.execute(() -> lose("no sign of life from the backup for " + silence + " ms")));
        board.peer(opened.peer().toString());
        timeout(SenderState.GREETING, GREETING_NANOS, "HELLO");
    }

    private void timeout(SenderState waiting, long nanos, String command) {
        strand.schedule(
                () -> {
                    if (state == waiting) {
                        lose("no answer to " + command + " in " + nanos / 1_000_000 + " ms");
                    }
                },
                nanos);
    }

    private void take(ReplicationFrame frame) {
        if (state == SenderState.ENDED) {
            return;
        }
        SenderEvent event = SenderEvent.of(frame).orElse(null);
        if (event == SenderEvent.LOST) {
            lose("the backup says: " + new String(frame.payload(), StandardCharsets.UTF_8));
            return;
        }
        SenderState before = state;
        if (event == null || !step(event)) {
            refuse(frame.command() + " is not allowed in state " + before);
            return;
        }
        switch (event) {
            case WELCOMED -> welcomed(frame);
            case COPY_ACKNOWLEDGED -> copy.acknowledged();
            case ACKNOWLEDGED -> acknowledged(frame.epoch());
            case GOODBYE_ANSWERED -> {
                end();
                owner.left(this, leaving);
            }
            case HEARD, OPENED, CHECKPOINT, COMMIT_SENT, GOODBYE_SENT, LOST -> {
                // A sign of life, or nothing that comes in a frame.
            }
        }
    }

    private void welcomed(ReplicationFrame frame) {
        try {
            givesUpNanos = Hello.decode(frame.payload()).heartbeatLimitMillis() * 1_000_000L;
        } catch (PayloadException e) {
            refuse("WELCOME: " + e.getMessage());
            return;
        }
        board.sessionStarts();
        board.state(ProtectionState.SYNCHRONISING, "first copy to " + peer());
        encoder.forget();
        copy.start(firstEpoch);
    }

    private void refuse(String reason) {
        frames.send(ReplicationCommand.ERROR, 0, epoch, reason.getBytes(StandardCharsets.UTF_8));
        lose(reason);
    }

    /** The session ends unasked. */
    void lose(String reason) {
        if (step(SenderEvent.LOST)) {
            end();
            owner.lost(this, reason);
        }
    }

    /** Ends the session quietly. */
    void end() {
        state = SenderState.ENDED;
        ended = true;
        if (heartbeat != null) {
            heartbeat.end();
        }
        board.bytesReplicated(session.bytesSent());
        session.close();
    }

    /** Undoes on the machine thread what a session needs there; gives whether outputs are held. */
    static boolean detach(PrimarySession session, MachineView view) {
        view.listenInputs(Optional.empty());
        if (session.tracker != null) {
            session.tracker.close();
            session.tracker = null;
        }
        session.machine.throttle(THROTTLE_STAGING, false);
        session.machine.throttle(THROTTLE_INPUTS, false);
        session.machine.throttle(THROTTLE_HAND_OVER, false);
        return session.tap.armed();
    }

    private void goOn() {
        switch (state) {
            case COPYING -> copy.goOn();
            case SENDING -> {
                sendInputs();
                advance();
            }
            case AWAITING_ACK, IDLE -> sendInputs();
            case DIALLING, GREETING, LEAVING, ENDED -> {
                // Nothing waits for the line.
            }
        }
    }

    /** The first copy is nearly whole: what is left goes with the first transaction. */
    void copied() {
        seal(true);
    }

    // Epochs.

    /** On the machine thread: a checkpoint that may be taken at once is, without a turn of the strand. */
    @Override
    public void outputWaiting(long waiting) {
        waitingEpoch = waiting;
        long now = System.nanoTime();
        settling.begins(now);
        boolean due = ground.settings().mode() == ProtectionMode.EVENT
                && now - lastCheckpointNanos >= ground.settings().epochMinMillis() * 1_000_000;
        if (due && mayCheckpoint.compareAndSet(true, false)) {
            seal(false);
        } else if (mayCheckpoint.get()) {
            strand.execute(this::consider);
        }
    }

    @Override
    public void outputFollows() {
        settling.goesOn(System.nanoTime());
    }

    @Override
    public void tapClosing() {
        owner.tapClosing();
    }

    /** Takes a checkpoint if one is due, or sets a timer for when it will be. */
    private void consider() {
        if (state != SenderState.IDLE) {
            return;
        }
        boolean wanted = waitingEpoch > epoch && ground.settings().mode() == ProtectionMode.EVENT;
        long millis = handingOver
                ? 0
                : wanted
                        ? ground.settings().epochMinMillis()
                        : ground.settings().epochMaxMillis();
        long now = System.nanoTime();
        long due = lastCheckpointNanos + millis * 1_000_000;
        if (due - now <= 0) {
            checkpoint();
        } else if (timerNanos == Long.MAX_VALUE || due - timerNanos < 0) {
            timerNanos = due;
            strand.schedule(
                    () -> {
                        timerNanos = Long.MAX_VALUE;
                        consider();
                    },
                    due - now);
        }
    }

    private void checkpoint() {
        if (mayCheckpoint.compareAndSet(true, false)) {
            seal(false);
        }
    }

    /** Any thread; the session's state follows on the strand. */
    private void seal(boolean first) {
        MachineTask<Checkpoint> seal = view -> seal(view, first);
        boolean atOnce = first || handingOver || !settling.pays();
        CompletableFuture<Checkpoint> taken =
                atOnce ? machine.call(seal) : machine.callAtRest(seal, () -> settling.over(System.nanoTime()));
        strand.when(taken, (checkpoint, failure) -> {
            if (checkpoint == null) {
                LOG.debug("vm={} no checkpoint: the machine or the session has ended", tap.vm(), failure);
            } else if (step(SenderEvent.CHECKPOINT)) {
                sealed(checkpoint);
            }
        });
    }

    /** The pause of the guest. Machine thread. */
    private Checkpoint seal(MachineView view, boolean first) {
        if (ended) {
            return null;
        }
        long startNanos = System.nanoTime();
        lastCheckpointNanos = startNanos;
        boolean last = handingOver;
        if (first) {
            tap.arm(firstEpoch, this);
            view.listenInputs(Optional.of(forwarder));
        }
        SealedEpoch sealed = tap.seal();
        settling.sealed(sealed);
        forwarder.epoch(sealed.epoch() + 1);
        if (last) {
            machine.throttle(THROTTLE_HAND_OVER, true);
        }
        byte[] saved = view.saveState();
        long left = fill();
        if (left > 0) {
            machine.throttle(THROTTLE_STAGING, true);
        }
        return new Checkpoint(sealed, saved, left, last, startNanos, System.nanoTime());
    }

    /** Machine thread. */
    private long fill() {
        staging.clear();
        tracker.claim(staging, staging.room());
        return tracker.dirtyPages();
    }

    void track(DirtyTracker started) {
        tracker = started;
    }

    /** For the first copy. Machine thread. */
    DirtyTracker tracker() {
        return tracker;
    }

    boolean ended() {
        return ended;
    }

    private void sealed(Checkpoint checkpoint) {
        epoch = checkpoint.sealed().epoch();
        lastEpoch = checkpoint.last();
        board.epoch(epoch + 1);
        pausedNanos = checkpoint.startNanos();
        pagesOfEpoch = staging.count() + checkpoint.pagesLeft();
        fetched(checkpoint.pagesLeft(), checkpoint.fetchedNanos());
        sendInputs();
        transaction = new TransactionSender(frames, encoder, staging, checkpoint, releasedEpoch);
        if (checkpoint.pagesLeft() > 0) {
            LOG.debug("vm={} epoch={} guest held back: pagesLeft={}", tap.vm(), epoch, checkpoint.pagesLeft());
        }
        advance();
    }

    /** The guest stood from the checkpoint's beginning until its last page was fetched. */
    private void fetched(long pagesLeft, long nanos) {
        if (pagesLeft == 0) {
            board.checkpoint(nanos - pausedNanos, pagesOfEpoch);
        }
    }

    private void advance() {
        if (transaction == null) {
            return;
        }
        committingNanos = System.nanoTime();
        switch (transaction.advance()) {
            case BLOCKED -> {
                // Goes on when the line takes more.
            }
            case NEEDS_PAGES -> refill();
            case COMMITTED -> {
                transaction = null;
                step(SenderEvent.COMMIT_SENT);
            }
        }
    }

    private void refill() {
        TransactionSender refilled = transaction;
        transaction = null;
        strand.when(
                machine.call(view -> {
                    if (ended) {
                        return null;
                    }
                    long left = fill();
                    if (left == 0) {
                        machine.throttle(THROTTLE_STAGING, false);
                    }
                    return new Refill(left, System.nanoTime());
                }),
                (refill, failure) -> {
                    if (refill != null && state == SenderState.SENDING) {
                        fetched(refill.pagesLeft(), refill.fetchedNanos());
                        refilled.refilled(refill.pagesLeft());
                        transaction = refilled;
                        advance();
                    }
                });
    }

    private void acknowledged(long acknowledgedEpoch) {
        if (acknowledgedEpoch != epoch) {
            refuse("ACK of epoch " + acknowledgedEpoch + " came, epoch " + epoch + " is under way");
            return;
        }
        if (disconnected) {
            return;
        }
        if (System.nanoTime() - committingNanos < givesUpNanos / 2) {
            release();
        } else {
            releaseIfTermStands();
        }
    }

    /**
     * This host may have stood still since the backup acknowledged, for so long that the backup has given it up and is
     * live: then nothing may be said any more. Only the arbiter knows; until it answers, outputs stay held.
     */
    private void releaseIfTermStands() {
        long askedNanos = System.nanoTime();
        LOG.debug("vm={} epoch={} was acknowledged late: asks the arbiter before its outputs go", tap.vm(), epoch);
        strand.when(owner.currentTerm(), (current, failure) -> {
            if (state == SenderState.ENDED || disconnected) {
                return;
            }
            if (failure != null) {
                LOG.warn("vm={} epoch={} outputs stay held: the arbiter cannot be asked", tap.vm(), epoch, failure);
                strand.schedule(this::releaseIfTermStands, Terms.RETRY_NANOS);
            } else if (current.filter(this::ours).isEmpty()) {
                lose("the backup acknowledged epoch " + epoch + ", but has gone live since");
            } else if (System.nanoTime() - askedNanos < givesUpNanos / 2) {
                release();
            } else {
                releaseIfTermStands();
            }
        });
    }

    private boolean ours(Arbiter.Term current) {
        return current.number() == term
                && current.holder().equals(ground.settings().node());
    }

    private void release() {
        tap.release(epoch);
        releasedEpoch = epoch;
        board.committed(epoch);
        board.bytesReplicated(session.bytesSent());
        if (epoch == firstEpoch) {
            heartbeat.limit(ground.settings().heartbeatLimitMillis());
            board.syncMillis((System.nanoTime() - startedNanos) / 1_000_000);
            owner.protectedNow();
            new HotCodeTeller(machine, strand, beats, () -> state == SenderState.ENDED).tell();
        }
        if (state == SenderState.IDLE) {
            if (lastEpoch) {
                leave(Goodbye.Kind.HAND_OVER, "planned");
            } else {
                mayCheckpoint.set(true);
                consider();
            }
        }
    }

    /** The next epoch is the last: with its end the guest stands still, and then the backup goes on. */
    void handOver() {
        handingOver = true;
        consider();
    }

    /** Asks for a wanted end. False if the session is not far enough to be asked, or has ended. */
    boolean leave(Goodbye.Kind kind, String reason) {
        if (!step(SenderEvent.GOODBYE_SENT)) {
            return false;
        }
        leaving = kind;
        frames.send(ReplicationCommand.GOODBYE, 0, epoch, new Goodbye(kind, releasedEpoch, reason).encode());
        timeout(SenderState.LEAVING, kind == Goodbye.Kind.HAND_OVER ? HAND_OVER_NANOS : GOODBYE_NANOS, "GOODBYE");
        return true;
    }

    // Inputs.

    private void inputsWait() {
        strand.execute(this::sendInputs);
    }

    private void sendInputs() {
        boolean sending = switch (state) {
            case SENDING, AWAITING_ACK, IDLE -> true;
            case DIALLING, GREETING, COPYING, LEAVING, ENDED -> false;
        };
        if (sending && !frames.writable()) {
            return;
        }
        for (InputForwarder.Batch batch : forwarder.drain()) {
            if (sending) {
                frames.send(ReplicationCommand.INPUTS, 0, batch.epoch(), batch.payload());
            }
        }
    }

    /** Sends a packed or unpacked part of the first copy. */
    void sendCopy(ReplicationCommand command, byte[] payload, boolean packed) {
        frames.send(command, packed ? Flags.PACKED : 0, 0, payload);
    }

    void sendChanges(List<byte[]> payloads) {
        for (byte[] payload : payloads) {
            Packed packed = Packed.pack(payload, payload.length);
            sendCopy(ReplicationCommand.DISK, packed.payload(), packed.packed());
        }
    }
}
