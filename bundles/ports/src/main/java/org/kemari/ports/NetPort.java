package org.kemari.ports;

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

    private final PortHost host;
    private final PortId id;
    private final Inbox inbox;
    private final BackendSlot<NetBackendFactory, NetBackend> slot;
    private final ProxyRegistry.Registration registration;

    /** Frames that wait for the attachment. Guarded by itself. */
    private final ArrayDeque<byte[]> early = new ArrayDeque<>();

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

    /** A frame that the guest sends. Machine thread. The array is the port's afterwards. */
    public void send(byte[] frame) {
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

    private void pass(byte[] frame) {
        Optional<NetBackend> to = backend;
        if (to.isPresent()) {
            to.get().send(frame);
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
        to.ifPresent(attached -> attached.send(frame));
    }

    /** Attaches to the network. Machine thread. {@code linkUp} is what the guest knows of the line. */
    public void goLive(boolean linkUp) {
        linkToldDown = !linkUp;
        slot.want();
    }

    private void received(byte[] frame) {
        inbox.offer(new Input.FrameReceived(id.device(), frame));
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
                early.forEach(attached::send);
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
                early.clear();
            }
            if (!linkToldDown) {
                linkToldDown = true;
                inbox.offer(new Input.LinkChanged(id.device(), false));
            }
        }
    }
}
