package org.kemari.virtiorng;

import java.util.Optional;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.ports.EntropyPort;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;
import org.kemari.virtio.VirtQueue;
import org.kemari.virtio.VirtioMmio;
import org.kemari.virtio.VirtioModel;
import org.kemari.virtio.VirtioTransport;

/** An entropy source: one buffer at a time waits for bytes from the port. */
final class VirtioRngDevice implements VirtioModel {
    private static final int STATE_VERSION = 1;
    private static final int DEVICE_ID = 4;
    private static final int REQUEST_QUEUE = 0;

    private final EntropyPort port;
    private final VirtioTransport transport;

    /** The buffer that waits. */
    private Optional<DescriptorChain> waiting = Optional.empty();

    VirtioRngDevice(EntropyPort port, VirtioTransport transport) {
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
        return 1;
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
        serve();
    }

    private void serve() throws QueueFault {
        VirtQueue queue = transport.queue(REQUEST_QUEUE);
        while (waiting.isEmpty()) {
            waiting = queue.take();
            if (waiting.isEmpty()) {
                return;
            }
            if (waiting.get().writableBytes() == 0) {
                throw new QueueFault("entropy buffer without room (§5.4.6.1)");
            }
            ask(waiting.get());
        }
    }

    private void ask(DescriptorChain chain) {
        // §5.4.6.2: the device may use less than the whole buffer.
        port.ask((int) Math.min(chain.writableBytes(), EntropyPort.MAX_BYTES));
    }

    @Override
    public void accept(Input.ForDevice input) throws QueueFault {
        if (input instanceof Input.EntropyReceived received
                && waiting.isPresent()
                && received.bytes().length > 0
                && transport.running()) {
            DescriptorChain chain = waiting.get();
            int count = (int) Math.min(received.bytes().length, chain.writableBytes());
            waiting = Optional.empty();
            chain.write(transport.memory(), 0, received.bytes(), 0, count);
            transport.queue(REQUEST_QUEUE).put(chain.head(), count);
            serve();
        }
    }

    @Override
    public void reset() {
        waiting = Optional.empty();
    }

    @Override
    public void save(StateWriter out) {
        StateWriter state = out.section("virtio-rng", STATE_VERSION);
        state.putLongs("waiting", waiting.map(DescriptorChain::toLongs).orElse(new long[0]));
    }

    @Override
    public Runnable restore(StateReader in) throws StateFormatException {
        StateReader state = in.section("virtio-rng");
        VirtioMmio.requireVersion(state, "virtio-rng", STATE_VERSION);
        long[] saved = state.getLongs("waiting");
        Optional<DescriptorChain> chain =
                saved.length == 0 ? Optional.empty() : Optional.of(DescriptorChain.fromLongs(saved));
        return () -> waiting = chain;
    }

    @Override
    public void goLive() throws QueueFault {
        if (transport.running()) {
            waiting.ifPresent(this::ask);
            serve();
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
