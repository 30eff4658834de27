package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ArbiterException;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.protection.SessionHandler;
import org.kemari.api.protection.SessionThread;
import org.kemari.eventtap.Tap;
import org.kemari.eventtap.TapBounds;
import org.kemari.ft.backup.BackupProtection;
import org.kemari.ft.config.FtConfigException;
import org.kemari.ft.config.FtSettings;
import org.kemari.ft.primary.PrimaryProtection;
import org.kemari.ft.protocol.Flags;
import org.kemari.ft.session.Ground;

/** One host in a test: machine, tap, protection. Killing it cuts its line and its way to the arbiter at once. */
final class Host implements AutoCloseable {
    static final long MEMORY = CounterMachine.PAGES * 4096L;

    final CounterMachine machine;
    final Tap tap;
    final String name;
    private final Arbiter arbiter;
    private final ReplicationTransport transport;
    private volatile boolean dead;
    private volatile boolean silent;
    private volatile BooleanSupplier clogged = () -> false;
    private volatile Late late = Late.NOTHING;
    private final Queue<Runnable> lateFrames = new ConcurrentLinkedQueue<>();
    private final Map<String, Object> settings = new HashMap<>(Map.of(
            "vm",
            "web",
            "arbiter.location",
            "/terms",
            "epoch.ms",
            "20",
            "heartbeat.ms",
            "20",
            "heartbeat.limit.ms",
            "400"));
    private final List<CutSession> sessions = new CopyOnWriteArrayList<>();
    /** Frames that may still be sent; then this host dies. */
    final AtomicLong framesToLive = new AtomicLong(Long.MAX_VALUE);
    /** What was sent of inputs that the guest here has taken in. */
    final AtomicLong inputBytesSent = new AtomicLong();

    /** What this host learns later than it comes. */
    enum Late {
        NOTHING,
        /** Acknowledgements of transactions. */
        ACKS,
        /** As while its process stands still: nothing leaves either, and no end of a connection is seen. */
        EVERYTHING
    }

    private PrimaryProtection primary;
    private BackupProtection backup;

    Host(String name, Arbiter arbiter, ReplicationTransport transport, long memoryBytes, long nanosPerStep) {
        this.name = name;
        this.machine = new CounterMachine(memoryBytes, nanosPerStep);
        this.tap = new Tap("web", machine, new TapBounds(64 << 20, 16_384));
        this.tap.add(machine.net());
        this.tap.add(machine.disk());
        machine.onEnd(() -> tap.remove(machine.net()));
        this.arbiter = new Mortal(arbiter);
        this.transport = new Cut(transport);
    }

    Host(String name, Arbiter arbiter, ReplicationTransport transport) {
        this(name, arbiter, transport, MEMORY, 50_000);
    }

    private Ground ground(Map<String, Object> properties) {
        try {
            return new Ground(FtSettings.parse(properties, name), machine, tap, transport, arbiter);
        } catch (FtConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> properties(String role, String addressName, String address) {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.put("role", role);
        properties.put(addressName, address);
        return properties;
    }

    /** Another setting than the usual ones, before it listens or protects. */
    Host with(String property, String value) {
        settings.put(property, value);
        return this;
    }

    Host listen(int port) {
        backup = new BackupProtection(ground(properties("backup", "listen", "127.0.0.1:" + port)), () -> {});
        backup.start();
        await("listening", () -> backup.port() != 0);
        return this;
    }

    int port() {
        return backup.port();
    }

    Host protect(int port) {
        primary = new PrimaryProtection(ground(properties("primary", "peer", "127.0.0.1:" + port)));
        primary.start();
        return this;
    }

    PrimaryProtection primary() {
        return primary;
    }

    Protection protection() {
        return primary != null ? primary : backup;
    }

    ProtectionState state() {
        return protection().status().state();
    }

    Host await(ProtectionState state) {
        await(name + " to be " + state, () -> state() == state);
        return this;
    }

    void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 15_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() < end,
                    () -> "waited in vain for " + what + "; " + name + " says "
                            + protection().status());
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        }
    }

    /** As SIGKILL: nothing more leaves this host, whatever its threads still do. */
    void kill() {
        dead = true;
        machine.kill();
    }

    /** The line is there, but nothing gets through. */
    void silence(boolean is) {
        silent = is;
    }

    /** The line takes nothing but signs of life, while {@code when} holds. */
    void clog(BooleanSupplier when) {
        clogged = when;
    }

    /** The line takes more again. */
    void unclog() {
        clogged = () -> false;
        sessions.forEach(session -> session.handler.writable(session));
    }

    void late(Late what) {
        late = what;
    }

    /** An acknowledgement has come of which this host knows nothing yet. */
    boolean waitsForAck() {
        return !lateFrames.isEmpty();
    }

    /** This host learns what has come meanwhile. */
    void learn() {
        late = Late.NOTHING;
        for (Runnable frame = lateFrames.poll(); frame != null; frame = lateFrames.poll()) {
            frame.run();
        }
    }

    boolean dead() {
        return dead;
    }

    @Override
    public void close() {
        dead = true;
        if (primary != null) {
            primary.close();
        }
        if (backup != null) {
            backup.close();
        }
        machine.close();
    }

    private final class Mortal implements Arbiter {
        private final Arbiter arbiter;

        Mortal(Arbiter arbiter) {
            this.arbiter = arbiter;
        }

        private void live() throws ArbiterException {
            if (dead) {
                throw new ArbiterException(name + " is dead", new IOException("dead"));
            }
        }

        @Override
        public Term claim(String location, String vm, long term, String claimant) throws ArbiterException {
            live();
            return arbiter.claim(location, vm, term, claimant);
        }

        @Override
        public Optional<Term> current(String location, String vm) throws ArbiterException {
            live();
            return arbiter.current(location, vm);
        }
    }

    /** A transport that dies with its host. */
    private final class Cut implements ReplicationTransport {
        private final ReplicationTransport transport;

        Cut(ReplicationTransport transport) {
            this.transport = transport;
        }

        @Override
        public SessionThread newThread(String name) {
            return transport.newThread(name);
        }

        @Override
        public ReplicationSession connect(InetSocketAddress peer, SessionThread thread, SessionHandler handler) {
            CutSession session = new CutSession(handler);
            session.inner = transport.connect(peer, thread, session);
            return session;
        }

        @Override
        public Listener listen(InetSocketAddress address, SessionThread thread, HandlerFactory handlers)
                throws IOException {
            return transport.listen(address, thread, inner -> {
                CutSession session = new CutSession(null);
                session.inner = inner;
                session.handler = handlers.handlerFor(session);
                return session;
            });
        }
    }

    private final class CutSession implements ReplicationSession, SessionHandler {
        private volatile ReplicationSession inner;
        private volatile SessionHandler handler;

        CutSession(SessionHandler handler) {
            this.handler = handler;
            sessions.add(this);
        }

        @Override
        public java.net.SocketAddress peer() {
            return inner.peer();
        }

        @Override
        public void send(ReplicationFrame frame) {
            if (dead || silent || late == Late.EVERYTHING) {
                return;
            }
            if (framesToLive.decrementAndGet() < 0) {
                kill();
                inner.close();
                return;
            }
            inner.send(frame);
            if (frame.command() == ReplicationCommand.INPUTS) {
                inputBytesSent.addAndGet(frame.payload().length);
            }
        }

        @Override
        public boolean writable() {
            return !clogged.getAsBoolean() && inner.writable();
        }

        @Override
        public long bytesSent() {
            return inner.bytesSent();
        }

        @Override
        public void close() {
            inner.close();
        }

        @Override
        public void opened(ReplicationSession session) {
            inner = session;
            handler.opened(this);
        }

        @Override
        public void received(ReplicationSession session, ReplicationFrame frame) {
            if (dead || silent) {
                return;
            }
            boolean ack = frame.command() == ReplicationCommand.ACK && (frame.flags() & Flags.COPY) == 0;
            if (late == Late.EVERYTHING || late == Late.ACKS && ack) {
                lateFrames.add(() -> handler.received(this, frame));
            } else {
                handler.received(this, frame);
            }
        }

        @Override
        public void writable(ReplicationSession session) {
            handler.writable(this);
        }

        @Override
        public void closed(ReplicationSession session, String reason) {
            if (late == Late.NOTHING) {
                handler.closed(this, reason);
            }
        }
    }
}
