package org.kemari.emulator.machine;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.kemari.api.machine.GuestRam;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.InputListener;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineListener;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;
import org.kemari.api.machine.MachineTask;
import org.kemari.api.machine.MachineView;
import org.kemari.api.state.StateFormatException;
import org.kemari.emulator.cpu.TierCounters;
import org.kemari.emulator.snapshot.SnapshotWriter;
import org.kemari.emulator.translate.Translator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A machine and the one thread that owns it. The thread decides when an input or the host's clock is taken; nothing
 * else about a run is left to chance, and each decision is told to the input listener with its instruction count. Before
 * the first start, while it rests, the thread lends the machine to whoever calls {@link #callStanding}.
 *
 * <p>Guest time goes on from where it stood when the machine starts, is restored or goes on after a pause: the time in
 * between did not happen for the guest. A throttled guest does notice the time that passes, as one whose host is busy.
 */
public final class VirtMachine implements Machine {
    private static final Logger LOG = LoggerFactory.getLogger(VirtMachine.class);

    /** How often the guest's clock is set by the world's. */
    private static final long CLOCK_PERIOD_NANOS = 1_000_000;

    /** A slice aims at this long: the longest that an input or task waits for a busy guest. */
    private static final long SLICE_NANOS = 150_000;

    private static final long MIN_SLICE = 2_000;
    private static final long MAX_SLICE = 1_000_000;

    /** More than any region needs. */
    private static final int SLICE_SLACK = 127;

    /** A sleeping guest without a timer is looked after this often; nothing depends on it. */
    private static final long MAX_SLEEP_NANOS = 1_000_000_000L;

    /** A rehearsal of foretold code: what a task has to wait for at most. */
    private static final long REHEARSAL_NANOS = 200_000;

    /** Within this time foretold code has been translated. */
    private static final long TRANSLATION_NANOS = 5_000_000_000L;

    private static final long TRANSLATION_POLL_NANOS = 20_000_000;

    private static final Map<MachineState, Set<MachineState>> TRANSITIONS = new EnumMap<>(MachineState.class);

    static {
        TRANSITIONS.put(
                MachineState.CREATED, EnumSet.of(MachineState.RUNNING, MachineState.STOPPED, MachineState.FAILED));
        TRANSITIONS.put(
                MachineState.RUNNING, EnumSet.of(MachineState.PAUSED, MachineState.STOPPED, MachineState.FAILED));
        TRANSITIONS.put(
                MachineState.PAUSED, EnumSet.of(MachineState.RUNNING, MachineState.STOPPED, MachineState.FAILED));
        TRANSITIONS.put(MachineState.STOPPED, EnumSet.noneOf(MachineState.class));
        TRANSITIONS.put(MachineState.FAILED, EnumSet.noneOf(MachineState.class));
    }

    private final MachineConfig config;
    private final VirtBoard board;
    private final InputQueue inbox;
    private final DeviceTraffic traffic;
    private final Signal signal;
    private final HostClock clock;
    private final AnswerWait answer;
    private final Translator translator;
    private final Thread thread;
    private final View view = new View();
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Queue<AtRest> commandsAtRest = new ConcurrentLinkedQueue<>();
    private final Set<String> throttles = ConcurrentHashMap.newKeySet();
    private final List<MachineListener> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private volatile MachineState state = MachineState.CREATED;
    private volatile MachineStatus published;
    private volatile TierCounters counters = TierCounters.NONE;
    /** Host time of the first start; 0 before. */
    private volatile long startedNanos;

    private volatile boolean over;

    /** Held by who owns the machine: its thread, but for the time in which it lends the machine. */
    private final ReentrantLock owned = new ReentrantLock();

    // Who owns the machine.
    private Optional<InputListener> inputListener = Optional.empty();
    private boolean live;
    private long anchorGuestNanos;
    private long anchorHostNanos;
    private long lastClockNanos;
    private boolean clockDue;
    private long slice = MIN_SLICE;

    /** Host time at which hot code was last foretold; 0 if all of it is rehearsed. */
    private long foretold;

    VirtMachine(
            MachineConfig config,
            VirtBoard board,
            InputQueue inbox,
            DeviceTraffic traffic,
            Signal signal,
            HostClock clock,
            Translator translator) {
        this.config = config;
        this.board = board;
        this.inbox = inbox;
        this.traffic = traffic;
        this.signal = signal;
        this.clock = clock;
        this.translator = translator;
        this.published = new MachineStatus(
                MachineState.CREATED, "", board.count(), board.guestNanos(), OptionalInt.empty(), 0, 0);
        this.thread = new Thread(this::live, "kemari-machine-" + config.name());
        this.answer = new AnswerWait(signal, inbox, AnswerWait.USUAL_LIMIT_NANOS);
        signal.waiter(thread);
        inbox.onAnswerExpected(this::answerExpected);
    }

    /** To be called once, by who made the machine. */
    void open() {
        board.translateWith(translator);
        thread.start();
    }

    // For any thread

    @Override
    public MachineConfig config() {
        return config;
    }

    @Override
    public MachineStatus status() {
        MachineStatus last = published;
        long started = startedNanos;
        if (over || started == 0) {
            return last;
        }
        long cpu = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
        return new MachineStatus(
                last.state(),
                last.reason(),
                last.instructions(),
                last.guestNanos(),
                last.exitCode(),
                clock.monotonicNanos() - started,
                Math.max(cpu, last.cpuNanos()));
    }

    @Override
    public Map<String, Long> counters() {
        return counters.byName();
    }

    @Override
    public void start() {
        MachineState now = state;
        if (now == MachineState.STOPPED || now == MachineState.FAILED) {
            throw new IllegalStateException("vm=" + config.name() + " is " + now + " (" + published.reason()
                    + ") and cannot start again; make a new one");
        }
        command(this::goOn);
    }

    @Override
    public CompletableFuture<Void> pause(String reason) {
        return call(ignored -> {
            if (state == MachineState.RUNNING) {
                transition(MachineState.PAUSED, reason, OptionalInt.empty());
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> stop(String reason) {
        command(() -> {
            if (!over) {
                transition(MachineState.STOPPED, reason, OptionalInt.empty());
            }
        });
        return ended.copy();
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public <T> CompletableFuture<T> call(MachineTask<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        command(() -> run(task, result));
        return result;
    }

    @Override
    public <T> CompletableFuture<T> callStanding(MachineTask<T> task) {
        if (owned.isHeldByCurrentThread() || !owned.tryLock()) {
            return call(task);
        }
        try {
            if (!commands.isEmpty()) {
                return call(task);
            }
            CompletableFuture<T> result = new CompletableFuture<>();
            run(task, result);
            return result;
        } finally {
            owned.unlock();
        }
    }

    @Override
    public <T> CompletableFuture<T> callAtRest(MachineTask<T> task, BooleanSupplier due) {
        CompletableFuture<T> result = new CompletableFuture<>();
        commandsAtRest.add(new AtRest(() -> run(task, result), due));
        signal.raise();
        if (over) {
            // As in command().
            runCommandsAtRest();
        }
        return result;
    }

    private record AtRest(Runnable command, BooleanSupplier due) {}

    private <T> void run(MachineTask<T> task, CompletableFuture<T> result) {
        if (over) {
            result.completeExceptionally(
                    new IllegalStateException("vm=" + config.name() + " is " + state + ": " + published.reason()));
            return;
        }
        try {
            result.complete(task.run(view));
        } catch (Throwable e) {
            // The task's own failure is its caller's; the machine goes on.
            result.completeExceptionally(e);
        }
    }

    @Override
    public void throttle(String cause, boolean on) {
        if (on) {
            throttles.add(cause);
        } else {
            throttles.remove(cause);
        }
        if (Thread.currentThread() == thread) {
            board.cut();
        }
        signal.raise();
    }

    @Override
    public CompletableFuture<Void> snapshot(Path file) {
        return SnapshotWriter.write(this, file);
    }

    @Override
    public void addListener(MachineListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(MachineListener listener) {
        listeners.remove(listener);
    }

    private void command(Runnable command) {
        commands.add(command);
        if (Thread.currentThread() == thread) {
            board.cut();
        }
        signal.raise();
        if (over) {
            // The thread may have looked into the queue for the last time before this command was in.
            runCommands();
        }
    }

    private void runCommands() {
        Runnable command;
        while ((command = commands.poll()) != null) {
            command.run();
        }
    }

    /** A guest that does not execute is at rest. */
    private void runCommandsAtRest() {
        AtRest next;
        while ((next = commandsAtRest.peek()) != null) {
            boolean atRest = state != MachineState.RUNNING || !throttles.isEmpty() || board.idle();
            if (!atRest && !over && !next.due().getAsBoolean()) {
                return;
            }
            commandsAtRest.poll().command().run();
        }
    }

    // Machine thread

    private void live() {
        owned.lock();
        try {
            while (state != MachineState.STOPPED && state != MachineState.FAILED) {
                answer.await();
                runCommands();
                runCommandsAtRest();
                traffic.takeBusChanges(this::take, live);
                if (state == MachineState.RUNNING && throttles.isEmpty()) {
                    step();
                    endIfOver();
                } else if (state != MachineState.STOPPED && state != MachineState.FAILED) {
                    publish();
                    rest(clock.monotonicNanos() + standBy());
                }
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            end();
        }
    }

    private void rest(long deadlineNanos) {
        if (state != MachineState.CREATED) {
            signal.await(deadlineNanos);
            return;
        }
        owned.unlock();
        try {
            signal.await(deadlineNanos);
        } finally {
            owned.lock();
        }
    }

    /** Rehearses what was foretold while the machine waits for its first start; returns how long to rest then. */
    private long standBy() {
        if (live || foretold == 0) {
            return MAX_SLEEP_NANOS;
        }
        long rest = board.rehearse(REHEARSAL_NANOS);
        if (rest > 0) {
            return rest;
        }
        if (clock.monotonicNanos() - foretold >= TRANSLATION_NANOS) {
            foretold = 0;
        }
        // Its translation may still be under way.
        return TRANSLATION_POLL_NANOS;
    }

    /** Not while another hart could execute. */
    private void answerExpected() {
        if (board.othersIdle() && answer.expect()) {
            board.cut();
        }
    }

    private void step() {
        long now = clock.monotonicNanos();
        if (clockDue) {
            // Published before the wait, if there was one: nothing here is to delay what woke the guest.
            takeClock(now);
        } else if (now - lastClockNanos >= CLOCK_PERIOD_NANOS) {
            takeClock(now);
            publish();
        }
        traffic.takeInputs(this::take);
        if (board.ending().isPresent()) {
            return;
        }
        if (board.idle()) {
            sleep();
            return;
        }
        long before = clock.monotonicNanos();
        long done = board.advance(slice, SLICE_SLACK);
        long took = clock.monotonicNanos() - before;
        if (done >= slice - SLICE_SLACK) {
            // Halving and growing by a quarter settles near the aim without dividing by noise.
            slice = took > SLICE_NANOS ? Math.max(MIN_SLICE, slice / 2) : Math.min(MAX_SLICE, slice + slice / 4);
        }
    }

    /** Every hart waits: until an input comes, or until guest time reaches the next timer. */
    private void sleep() {
        publish();
        long untilTimer = board.nanosToTimer();
        long now = clock.monotonicNanos();
        // Guest time may be ahead of the host's; the timer is due when the world has caught up.
        long ahead = board.guestNanos() - guestNanosAt(now);
        long wait = untilTimer == Long.MAX_VALUE ? MAX_SLEEP_NANOS : Math.min(MAX_SLEEP_NANOS, untilTimer + ahead);
        if (wait > 0) {
            signal.await(now + wait);
        }
        clockDue = true;
    }

    private long guestNanosAt(long hostNanos) {
        return anchorGuestNanos + (hostNanos - anchorHostNanos);
    }

    private void anchor() {
        anchorGuestNanos = board.guestNanos();
        anchorHostNanos = clock.monotonicNanos();
        clockDue = true;
    }

    private void takeClock(long now) {
        lastClockNanos = now;
        clockDue = false;
        take(new Input.Clock(guestNanosAt(now), clock.realtimeNanos()));
    }

    /** The only way of an input into the guest. */
    private void take(Input input) {
        if (inputListener.isPresent()) {
            inputListener.get().taken(board.count(), input);
        }
        board.apply(input);
    }

    private void goOn() {
        if (state != MachineState.CREATED && state != MachineState.PAUSED) {
            return;
        }
        if (startedNanos == 0) {
            startedNanos = clock.monotonicNanos();
        }
        boolean first = !live;
        if (first) {
            live = true;
            for (DeviceSlot slot : board.slots()) {
                slot.goLive();
            }
        }
        anchor();
        transition(MachineState.RUNNING, first ? "started" : "goes on", OptionalInt.empty());
    }

    private void endIfOver() {
        Optional<VirtBoard.Ending> ending = board.ending();
        if (ending.isEmpty() || state != MachineState.RUNNING) {
            return;
        }
        Optional<Throwable> failure = ending.get().failure();
        if (failure.isPresent()) {
            LOG.error("vm={} failed: {}", config.name(), ending.get().reason(), failure.get());
            transition(MachineState.FAILED, ending.get().reason(), OptionalInt.empty());
        } else {
            transition(
                    MachineState.STOPPED,
                    ending.get().reason(),
                    OptionalInt.of(ending.get().exitCode()));
        }
    }

    private void fail(Throwable e) {
        LOG.error("vm={} failed", config.name(), e);
        if (TRANSITIONS.get(state).contains(MachineState.FAILED)) {
            transition(MachineState.FAILED, "an error of the emulator: " + e, OptionalInt.empty());
        }
    }

    private void transition(MachineState to, String reason, OptionalInt exitCode) {
        MachineState from = state;
        if (!TRANSITIONS.get(from).contains(to)) {
            throw new IllegalStateException("vm=" + config.name() + " cannot go from " + from + " to " + to);
        }
        state = to;
        long cpuNanos =
                startedNanos == 0 ? 0 : ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        published = currentStatus(reason, exitCode, cpuNanos);
        LOG.info("vm={} {} -> {}: {}", config.name(), from, to, reason);
        for (MachineListener listener : listeners) {
            try {
                listener.stateChanged(this, from, to, reason);
            } catch (RuntimeException e) {
                LOG.warn("vm={} a listener failed on {} -> {}", config.name(), from, to, e);
            }
        }
    }

    /**
     * Without this thread's CPU time, for which {@link #status} asks itself: behind a wait the host takes 90 µs to tell it,
     * and each input that wakes the guest would wait for that.
     */
    private void publish() {
        MachineStatus last = published;
        published = currentStatus(last.reason(), last.exitCode(), last.cpuNanos());
        counters = board.tierCounters();
    }

    private MachineStatus currentStatus(String reason, OptionalInt exitCode, long cpuNanos) {
        long started = startedNanos;
        return new MachineStatus(
                state,
                reason,
                board.count(),
                board.guestNanos(),
                exitCode,
                started == 0 ? 0 : clock.monotonicNanos() - started,
                cpuNanos);
    }

    private void end() {
        for (DeviceSlot slot : board.slots()) {
            try {
                slot.close();
            } catch (RuntimeException e) {
                LOG.error("vm={} device={} failed to close", config.name(), slot.name(), e);
            }
        }
        traffic.close();
        translator.close();
        over = true;
        runCommands();
        runCommandsAtRest();
        ended.complete(null);
    }

    /** The inside, for tasks. */
    private final class View implements MachineView {
        @Override
        public long instructionCount() {
            return board.count();
        }

        @Override
        public long guestNanos() {
            return board.guestNanos();
        }

        @Override
        public GuestRam ram() {
            return board.ram();
        }

        @Override
        public byte[] saveState() {
            return board.saveState();
        }

        @Override
        public void restoreState(byte[] saved) throws StateFormatException {
            board.restoreState(saved);
            anchor();
            publish();
        }

        @Override
        public byte[] hotCode() {
            return board.hotCode();
        }

        @Override
        public void foretell(byte[] hotCode) throws StateFormatException {
            if (!live) {
                board.foretell(hotCode);
                foretold = clock.monotonicNanos();
            }
        }

        @Override
        public byte[] digest() {
            return board.digest();
        }

        @Override
        public void listenInputs(Optional<InputListener> listener) {
            inputListener = listener;
        }
    }
}
