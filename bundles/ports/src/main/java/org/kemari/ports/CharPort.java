package org.kemari.ports;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.kemari.api.backend.CharBackend;
import org.kemari.api.backend.CharBackendFactory;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputGate;
import org.kemari.api.tap.OutputProxy;

/**
 * The way out of a console. A device hands over each byte as the guest says it; what the guest says in quick succession
 * is put together here, on the way to the backend, where it is no longer part of the machine.
 */
public final class CharPort implements OutputProxy, AutoCloseable {
    /** Backend type of a console that nobody looks at. */
    public static final String NONE = "none";

    /** What a backend may put in before the guest has read it; typed and piped input waits beyond that, unlost. */
    public static final int MAX_PENDING_INPUT_BYTES = 64 << 10;

    /** Said before the backend was there for the first time: the newest of it is kept. */
    private static final int MAX_EARLY_BYTES = 64 << 10;

    /** The backend never blocks, so the drain is never far behind; this bounds it all the same. */
    private static final int MAX_PASSING_BYTES = 1 << 20;

    /** What the guest says within this time goes on together: a thread woken for each byte would cost more. */
    private static final long GATHER_MILLIS = 1;

    private final PortHost host;
    private final PortId id;
    private final Inbox inbox;
    private final Optional<BackendSlot<CharBackendFactory, CharBackend>> slot;
    private final ProxyRegistry.Registration registration;

    /** Bytes put in the inbox that the guest has not read yet. */
    private final AtomicInteger pendingInputBytes = new AtomicInteger();

    private final ByteArrayOutputStream passing = new ByteArrayOutputStream();
    private boolean draining;
    private boolean everUp;
    private CharBackend backend;

    /** Machine thread. */
    private Optional<OutputGate> gate = Optional.empty();

    public CharPort(
            PortHost host,
            PortId id,
            BackendTracker<CharBackendFactory> backends,
            String type,
            String target,
            Inbox inbox) {
        this.host = host;
        this.id = id;
        this.inbox = inbox;
        this.slot = type.equals(NONE)
                ? Optional.empty()
                : Optional.of(new BackendSlot<>(
                        host,
                        id,
                        backends,
                        type,
                        factory -> factory.open(id.vm(), target, this::received),
                        new Line()));
        host.opened(this);
        registration = host.proxies().register(this);
    }

    @Override
    public String vm() {
        return id.vm();
    }

    @Override
    public String device() {
        return id.device();
    }

    @Override
    public String port() {
        return "char";
    }

    @Override
    public void gate(Optional<OutputGate> next) {
        gate = next;
    }

    /** What the guest says. Machine thread. The array is the port's afterwards. */
    public void write(byte[] bytes) {
        if (gate.isPresent()) {
            gate.get().accept(this, new Output.Bytes(bytes));
        } else {
            pass(bytes);
        }
    }

    @Override
    public void deliver(Output output) {
        if (output instanceof Output.Bytes said) {
            pass(said.bytes());
        }
    }

    /** Connects the backend. Machine thread; {@code pendingBytes} is what the device holds for the guest to read. */
    public void goLive(int pendingBytes) {
        pendingInputBytes.set(pendingBytes);
        slot.ifPresent(BackendSlot::want);
    }

    /** The guest has read that much: more may come in. Machine thread. */
    public void consumed(int count) {
        pendingInputBytes.addAndGet(-count);
    }

    private boolean received(byte[] bytes) {
        if (bytes.length == 0) {
            return true;
        }
        int pending = pendingInputBytes.getAndAdd(bytes.length);
        // A single chunk above the bound is let in when nothing else waits: otherwise it could never come in.
        boolean fits = pending <= 0 || pending + bytes.length <= MAX_PENDING_INPUT_BYTES;
        if (fits && inbox.offer(new Input.BytesReceived(id.device(), bytes))) {
            return true;
        }
        pendingInputBytes.addAndGet(-bytes.length);
        return false;
    }

    private void pass(byte[] bytes) {
        if (slot.isEmpty()) {
            return;
        }
        synchronized (passing) {
            if (backend == null && everUp) {
                return;
            }
            if (passing.size() + bytes.length > MAX_PASSING_BYTES) {
                keepNewest(MAX_EARLY_BYTES);
            }
            passing.write(bytes, 0, bytes.length);
            if (draining || backend == null) {
                return;
            }
            draining = true;
        }
        host.later(GATHER_MILLIS, this::drain);
    }

    private void drain() {
        while (true) {
            byte[] bytes;
            CharBackend to;
            synchronized (passing) {
                to = backend;
                if (to == null || passing.size() == 0) {
                    draining = false;
                    return;
                }
                bytes = passing.toByteArray();
                passing.reset();
            }
            to.write(bytes);
        }
    }

    private void keepNewest(int count) {
        byte[] all = passing.toByteArray();
        passing.reset();
        int from = Math.max(0, all.length - count);
        passing.write(all, from, all.length - from);
    }

    /** Shows what was said, then closes the backend. */
    @Override
    public void close() {
        host.closed(this);
        registration.close();
        slot.ifPresent(BackendSlot::close);
    }

    private final class Line implements BackendSlot.Occupied<CharBackend> {
        @Override
        public void up(CharBackend opened) {
            synchronized (passing) {
                keepNewest(MAX_EARLY_BYTES);
                everUp = true;
                backend = opened;
                draining = true;
            }
            drain();
        }

        @Override
        public void down(CharBackend going) {
            byte[] last;
            synchronized (passing) {
                backend = null;
                last = passing.toByteArray();
                passing.reset();
            }
            if (last.length > 0) {
                going.write(last);
            }
        }

        @Override
        public void absent() {
            // What the guest says early is kept, bounded, for the backend that comes.
        }
    }
}
