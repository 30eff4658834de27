package org.kemari.ports;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackend;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.backend.DiskSpec;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputGate;

/**
 * The way out of a disk. A disk of its own (not shared) is open from the start, since replication writes to the image of
 * a standby; a shared one only while the machine is live. Requests under way when the backend goes are kept, in order,
 * and issued again when it is back: each is idempotent, and none was acknowledged to the guest.
 */
public final class BlockPort implements BlockOutputProxy, AutoCloseable {
    /** Bundles start in any order: a disk waits this long for the bundle that opens it. */
    private static final long FACTORY_WAIT_MILLIS = 3000;

    /** As much as a guest may have under way, more or less. */
    private static final long MAX_BUFFER_BYTES = 32L << 20;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final PortHost host;
    private final PortId id;
    private final DiskSpec disk;
    private final Inbox inbox;
    private final BackendSlot<BlockBackendFactory, BlockBackend> slot;
    private final long sizeBytes;
    private final boolean readOnly;
    private final ProxyRegistry.Registration registration;

    private final HostBuffers buffers = new HostBuffers(MAX_BUFFER_BYTES);

    /** Requests under way, in the order in which they were issued, by serial number. Guarded by itself. */
    private final Map<Long, Pending> pending = new LinkedHashMap<>();

    private long nextSerial;
    private Optional<BlockBackend> backend = Optional.empty();

    /** True while what was kept is issued again: then new requests queue up behind it. */
    private boolean catchingUp;

    /** Machine thread. */
    private Optional<OutputGate> gate = Optional.empty();

    /** Opens the disk, or checks that it can be opened. */
    public BlockPort(
            PortHost host,
            PortId id,
            BackendTracker<BlockBackendFactory> backends,
            String type,
            DiskSpec disk,
            Inbox inbox)
            throws DeviceConfigException {
        this.host = host;
        this.id = id;
        this.disk = disk;
        this.inbox = inbox;
        BlockBackendFactory factory = backends.await(type, FACTORY_WAIT_MILLIS)
                .orElseThrow(() -> new DeviceConfigException(id.device() + "." + DeviceSpec.BACKEND + "=" + type
                        + " is not here; start the bundle that provides it, or use another backend"));
        this.slot = new BackendSlot<>(host, id, backends, type, from -> from.open(id.vm(), disk), new Line());
        try {
            if (disk.shared()) {
                try (BlockBackend checked = factory.open(id.vm(), disk)) {
                    sizeBytes = checked.sizeBytes();
                    readOnly = checked.readOnly();
                }
            } else {
                slot.openNow(factory);
                BlockBackend opened = backend();
                sizeBytes = opened.sizeBytes();
                readOnly = opened.readOnly();
            }
        } catch (BackendException e) {
            slot.close();
            throw new DeviceConfigException(id.device() + ": " + e.getMessage(), e);
        }
        host.opened(this);
        registration = host.proxies().register(this);
    }

    private BlockBackend backend() throws BackendException {
        synchronized (pending) {
            return backend.orElseThrow(() -> new BackendException(
                    DeviceSpec.PATH + "=" + disk.path() + ": its backend went while it was opened; try again"));
        }
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
        return "block";
    }

    @Override
    public boolean shared() {
        return disk.shared();
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void gate(Optional<OutputGate> next) {
        gate = next;
    }

    /**
     * A buffer for the data of a request, with anything in it. What is written comes back by itself; what was read comes
     * with the completion, and is to be given back. Machine thread.
     */
    public ByteBuffer buffer(int lengthBytes) {
        return buffers.lend(lengthBytes);
    }

    /** The data of a completion was taken. Machine thread. */
    public void giveBack(ByteBuffer data) {
        buffers.giveBack(data);
    }

    /** Starts a request; its completion comes by the inbox. Machine thread. */
    public void submit(long token, BlockRequest request) {
        if (gate.isPresent() && request.operation() != BlockRequest.Operation.READ) {
            gate.get().accept(this, new Output.Block(token, request));
        } else {
            start(token, request);
        }
    }

    /** A request of this kind, submitted just now, may be done in a moment, unless it is held. Machine thread. */
    public void answerExpected(BlockRequest.Operation operation) {
        if (gate.isEmpty() || !disk.shared() || operation == BlockRequest.Operation.READ) {
            inbox.answerExpected();
        }
    }

    @Override
    public void deliver(Output output) {
        if (output instanceof Output.Block block) {
            start(block.token(), block.request());
        }
    }

    /** Goes live: opens a shared disk. Machine thread. */
    public void goLive() {
        slot.want();
    }

    /** The device forgets what is under way: no completion of it will come by the inbox any more. Machine thread. */
    public void forget() {
        synchronized (pending) {
            pending.values().stream()
                    .filter(each -> !each.atDisk)
                    .forEach(each -> buffers.giveBack(each.request.data()));
            pending.clear();
        }
    }

    @Override
    public CompletionStage<Void> access(BlockRequest request) {
        Optional<BlockBackend> to;
        synchronized (pending) {
            to = backend;
        }
        if (to.isEmpty()) {
            return CompletableFuture.failedFuture(new IOException("image " + disk.path() + " of " + id.device() + " in "
                    + id.vm() + " is not open; its backend is not here, or it is shared and this machine not live"));
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        to.get().submit(request, status -> {
            if (status == BlockStatus.OK) {
                done.complete(null);
            } else {
                done.completeExceptionally(new IOException(request.operation() + " of " + request.lengthBytes()
                        + " bytes at " + request.offset() + " of image " + disk.path() + ": " + status));
            }
        });
        return done;
    }

    private void start(long token, BlockRequest request) {
        Pending started;
        Optional<BlockBackend> to;
        synchronized (pending) {
            started = new Pending(nextSerial++, token, request);
            pending.put(started.serial, started);
            if (backend.isEmpty() || catchingUp) {
                return;
            }
            to = backend;
            started.issue();
        }
        issue(to.get(), started);
    }

    private void issue(BlockBackend to, Pending pendingRequest) {
        BlockRequest request = pendingRequest.request;
        to.submit(request, status -> done(to, pendingRequest, request, status));
    }

    private void done(BlockBackend from, Pending request, BlockRequest issued, BlockStatus status) {
        ByteBuffer read = NONE;
        synchronized (pending) {
            boolean forgotten = !pending.containsKey(request.serial);
            boolean gone = backend.isEmpty() || backend.get() != from;
            if (!forgotten && gone && status != BlockStatus.OK) {
                // The disk went away under it: no answer of the disk. It is issued again.
                request.atDisk &= request.request != issued;
                return;
            }
            pending.remove(request.serial);
            if (!forgotten && issued.operation() == BlockRequest.Operation.READ && status == BlockStatus.OK) {
                read = issued.data();
            } else {
                buffers.giveBack(issued.data());
            }
            if (forgotten) {
                return;
            }
        }
        inbox.offer(new Input.BlockCompleted(id.device(), request.token, status, read));
    }

    @Override
    public void close() {
        host.closed(this);
        registration.close();
        slot.close();
    }

    /** A request that the backend has not completed. */
    private static final class Pending {
        final long serial;
        final long token;
        BlockRequest request;
        /** To the backend that is there now. */
        boolean issued;
        /** That one, or one before, may have its data. */
        boolean atDisk;

        Pending(long serial, long token, BlockRequest request) {
            this.serial = serial;
            this.token = token;
            this.request = request;
        }

        void issue() {
            issued = true;
            atDisk = true;
        }
    }

    private final class Line implements BackendSlot.Occupied<BlockBackend> {
        @Override
        public void up(BlockBackend opened) {
            synchronized (pending) {
                backend = Optional.of(opened);
                catchingUp = true;
                pending.values().forEach(each -> each.issued = false);
            }
            for (Optional<Pending> next = nextKept(); next.isPresent(); next = nextKept()) {
                issue(opened, next.get());
            }
        }

        /** The oldest request that was not issued; none ends the catching up, in the same breath. */
        private Optional<Pending> nextKept() {
            synchronized (pending) {
                for (Iterator<Pending> each = pending.values().iterator(); each.hasNext(); ) {
                    Pending kept = each.next();
                    if (!kept.issued) {
                        if (kept.atDisk) {
                            separate(kept);
                        }
                        kept.issue();
                        return Optional.of(kept);
                    }
                }
                catchingUp = false;
                return Optional.empty();
            }
        }

        /** The backend before may have it still: nothing of it is used for anything else, and nothing read into it. */
        private void separate(Pending kept) {
            BlockRequest before = kept.request;
            buffers.keep(before.data());
            if (before.operation() == BlockRequest.Operation.READ) {
                kept.request = BlockRequest.read(before.offset(), ByteBuffer.allocate((int) before.lengthBytes()));
            }
        }

        @Override
        public void down(BlockBackend going) {
            synchronized (pending) {
                backend = Optional.empty();
            }
        }

        @Override
        public void absent() {
            // Requests wait.
        }
    }
}
