package org.kemari.virtio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** A device that copies what it reads into what it may write. */
final class EchoModel implements VirtioModel {
    private final VirtioTransport transport;
    final List<Integer> heads = new ArrayList<>();

    EchoModel(VirtioTransport transport) {
        this.transport = transport;
    }

    @Override
    public int deviceId() {
        return 42;
    }

    @Override
    public long features() {
        return 3;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public int queueSize() {
        return TestDriver.QUEUE_SIZE;
    }

    @Override
    public int readConfig(int offset) {
        return offset < 4 ? 0xA0 + offset : 0;
    }

    @Override
    public void notified(int queue) throws QueueFault {
        VirtQueue ring = transport.queue(queue);
        for (Optional<DescriptorChain> next = ring.take(); next.isPresent(); next = ring.take()) {
            DescriptorChain chain = next.get();
            heads.add(chain.head());
            byte[] bytes = new byte[(int) Math.min(4096, Math.min(chain.readableBytes(), chain.writableBytes()))];
            chain.read(transport.memory(), 0, bytes, 0, bytes.length);
            chain.write(transport.memory(), 0, bytes, 0, bytes.length);
            ring.put(chain.head(), bytes.length);
        }
    }

    @Override
    public void accept(Input.ForDevice input) {
        transport.configChanged();
    }

    @Override
    public void reset() {
        heads.clear();
    }

    @Override
    public void save(StateWriter out) {
        out.section("echo", 1);
    }

    @Override
    public Runnable restore(StateReader in) {
        return heads::clear;
    }

    @Override
    public void goLive() {
        heads.clear();
    }

    @Override
    public void close() {
        heads.clear();
    }
}
