package org.kemari.ports;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import org.kemari.api.backend.NetBackend;
import org.kemari.api.backend.NetBackendFactory;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputGate;
import org.kemari.api.tap.OutputProxy;

/** The way out of a network card. Attached to its network only while the machine is live. */
public final class NetPort implements OutputProxy, AutoCloseable {
    /**
     * Frames said between going live and being attached: after a failover they are the first that the network hears, and
     * a lost one costs a retransmission timer.
     */
    private static final int MAX_EARLY_FRAMES = 1024;

    /** As much as a port of a network queues, and a tap holds, of frames of usual length. */
    private static final long MAX_BUFFER_BYTES = 8L << 20;

    private final PortHost host;
    private final PortId id;
    private final Inbox inbox;
    private final BackendSlot<NetBackendFactory, NetBackend> slot;
    private final ProxyRegistry.Registration registration;

    /** Frames that wait for the attachment. Guarded by itself. */
    private final ArrayDeque<ByteBuffer> early = new ArrayDeque<>();

    private final HostBuffers buffers = new HostBuffers(MAX_BUFFER_BYTES);

    private boolean settled;

    /** What the guest knows, or will have been told. */
    private volatile boolean linkToldDown;

    private volatile Optional<NetBackend> backend = Optional.empty();

    /** Machine thread. */
    private Optional<OutputGate> gate = Optional.empty();

    public NetPort(
            PortHost host,
            PortId id,
            BackendTracker<NetBackendFactory> backends,
            String type,
            String network,
            Inbox inbox) {
        this.host = host;
        this.id = id;
        this.inbox = inbox;
        this.slot = new BackendSlot<>(
                host, id, backends, type, factory -> factory.open(id.vm(), network, this::received), new Line());
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
        return "net";
    }

    @Override
    public void gate(Optional<OutputGate> next) {
        gate = next;
    }

    /** A buffer for the next frame, from its position to its limit, with anything in it. Machine thread. */
    public ByteBuffer buffer(int lengthBytes) {
        return buffers.lend(NetBackend.HEADROOM_BYTES + lengthBytes).position(NetBackend.HEADROOM_BYTES);
    }

    /** A frame is not sent after all. */
    public void giveBack(ByteBuffer frame) {
        buffers.giveBack(frame);
    }

    /** A frame that the guest sends, in a buffer of {@link #buffer}. Machine thread. The buffer is the port's afterwards. */
    public void send(ByteBuffer frame) {
        if (gate.isPresent()) {
            gate.get().accept(this, new Output.Frame(frame));
        } else {
            pass(frame);
        }
    }

    @Override
    public void deliver(Output output) {
        if (output instanceof Output.Frame sent) {
            pass(sent.frame());
        }
    }

    private void pass(ByteBuffer frame) {
        Optional<NetBackend> to = backend;
        if (to.isPresent()) {
            send(to.get(), frame);
            return;
        }
        synchronized (early) {
            if (!settled && early.size() < MAX_EARLY_FRAMES) {
                early.add(frame);
                return;
            }
            to = backend;
        }
        // Attached meanwhile, or an unplugged line: there frames are lost.
        to.ifPresentOrElse(attached -> send(attached, frame), () -> buffers.giveBack(frame));
    }

    private void send(NetBackend to, ByteBuffer frame) {
        to.send(frame, () -> buffers.giveBack(frame));
    }

    /** Attaches to the network. Machine thread. {@code linkUp} is what the guest knows of the line. */
    public void goLive(boolean linkUp) {
        linkToldDown = !linkUp;
        slot.want();
    }

    private void received(ByteBuffer frame, Runnable taken) {
        if (!inbox.offer(new Input.FrameReceived(id.device(), frame, taken))) {
            taken.run();
        }
    }

    @Override
    public void close() {
        host.closed(this);
        registration.close();
        slot.close();
    }

    private final class Line implements BackendSlot.Occupied<NetBackend> {
        @Override
        public void up(NetBackend attached) {
            synchronized (early) {
                // Under the lock, so that no later frame overtakes an early one; send never blocks.
                early.forEach(frame -> send(attached, frame));
                early.clear();
                settled = true;
                backend = Optional.of(attached);
            }
            if (linkToldDown) {
                linkToldDown = false;
                inbox.offer(new Input.LinkChanged(id.device(), true));
            }
        }

        @Override
        public void down(NetBackend going) {
            backend = Optional.empty();
            unplugged();
        }

        @Override
        public void absent() {
            unplugged();
        }

        private void unplugged() {
            synchronized (early) {
                settled = true;
                early.forEach(buffers::giveBack);
                early.clear();
            }
            if (!linkToldDown) {
                linkToldDown = true;
                inbox.offer(new Input.LinkChanged(id.device(), false));
            }
        }
    }
}
