package org.kemari.virtioconsole;

import java.util.Optional;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.ports.CharPort;
import org.kemari.ports.PendingBytes;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;
import org.kemari.virtio.VirtQueue;
import org.kemari.virtio.VirtioMmio;
import org.kemari.virtio.VirtioModel;
import org.kemari.virtio.VirtioTransport;

/** A console. What the guest writes is said at once; what is typed waits here until the driver gives a buffer for it. */
final class VirtioConsoleDevice implements VirtioModel {
    private static final int STATE_VERSION = 1;
    private static final int DEVICE_ID = 3;
    private static final int RECEIVE_QUEUE = 0;
    private static final int TRANSMIT_QUEUE = 1;

    /** Drivers write a page or less; a buffer that claims more than this is a lie. */
    private static final int MAX_WRITE_BYTES = 1 << 20;

    private final CharPort port;
    private final VirtioTransport transport;
    private PendingBytes pending = new PendingBytes();
    private boolean live;

    VirtioConsoleDevice(CharPort port, VirtioTransport transport) {
        this.port = port;
        this.transport = transport;
    }

    @Override
    public int deviceId() {
        return DEVICE_ID;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public int queueCount() {
        return 2;
    }

    @Override
    public int queueSize() {
        return VirtQueue.MAX_SIZE;
    }

    @Override
    public int readConfig(int offset) {
        return 0;
    }

    @Override
    public void notified(int queue) throws QueueFault {
        if (queue == TRANSMIT_QUEUE) {
            transmit();
        } else {
            receive();
        }
    }

    private void transmit() throws QueueFault {
        VirtQueue queue = transport.queue(TRANSMIT_QUEUE);
        for (Optional<DescriptorChain> next = queue.take(); next.isPresent(); next = queue.take()) {
            DescriptorChain chain = next.get();
            if (chain.readableBytes() > MAX_WRITE_BYTES) {
                throw new QueueFault("console buffer of " + chain.readableBytes() + " bytes");
            }
            if (chain.readableBytes() > 0) {
                byte[] bytes = new byte[(int) chain.readableBytes()];
                chain.read(transport.memory(), 0, bytes, 0, bytes.length);
                port.write(bytes);
            }
            queue.put(chain.head(), 0);
        }
    }

    private void receive() throws QueueFault {
        VirtQueue queue = transport.queue(RECEIVE_QUEUE);
        while (pending.size() > 0) {
            Optional<DescriptorChain> next = queue.take();
            if (next.isEmpty()) {
                return;
            }
            DescriptorChain chain = next.get();
            byte[] bytes = pending.take((int) Math.min(chain.writableBytes(), PendingBytes.MAX_BYTES));
            port.consumed(bytes.length);
            chain.write(transport.memory(), 0, bytes, 0, bytes.length);
            queue.put(chain.head(), bytes.length);
        }
    }

    @Override
    public void accept(Input.ForDevice input) throws QueueFault {
        if (input instanceof Input.BytesReceived typed) {
            int taken = pending.add(typed.bytes());
            port.consumed(typed.bytes().length - taken);
            if (transport.running()) {
                receive();
            }
        }
    }

    @Override
    public void reset() {
        // What was typed stays: it is for the next driver.
    }

    @Override
    public void save(StateWriter out) {
        pending.save(out.section("virtio-console", STATE_VERSION), "pending");
    }

    @Override
    public Runnable restore(StateReader in) throws StateFormatException {
        StateReader state = in.section("virtio-console");
        VirtioMmio.requireVersion(state, "virtio-console", STATE_VERSION);
        PendingBytes saved = PendingBytes.read(state, "pending");
        return () -> {
            pending = saved;
            if (live) {
                port.goLive(pending.size());
            }
        };
    }

    @Override
    public void goLive() throws QueueFault {
        live = true;
        port.goLive(pending.size());
        if (transport.running()) {
            receive();
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
