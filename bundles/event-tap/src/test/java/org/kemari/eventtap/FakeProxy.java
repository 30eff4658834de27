package org.kemari.eventtap;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputGate;
import org.kemari.api.tap.OutputProxy;

/** A port whose backend is a list, shared between ports where order across them matters. */
class FakeProxy implements OutputProxy {
    private final String device;
    private final List<Output> delivered;
    private Optional<OutputGate> gate = Optional.empty();

    FakeProxy(String device) {
        this(device, new CopyOnWriteArrayList<>());
    }

    FakeProxy(String device, List<Output> delivered) {
        this.device = device;
        this.delivered = delivered;
    }

    /** The guest says something. Machine thread. */
    void say(Output output) {
        gate.ifPresentOrElse(g -> g.accept(this, output), () -> deliver(output));
    }

    List<Output> delivered() {
        return delivered;
    }

    boolean gated() {
        return gate.isPresent();
    }

    @Override
    public String vm() {
        return "vm";
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public String port() {
        return "port";
    }

    @Override
    public void gate(Optional<OutputGate> newGate) {
        gate = newGate;
    }

    @Override
    public void deliver(Output output) {
        delivered.add(output);
    }

    /** A disk. */
    static class Disk extends FakeProxy implements BlockOutputProxy {
        private final boolean shared;

        Disk(String device, boolean shared) {
            super(device);
            this.shared = shared;
        }

        @Override
        public boolean shared() {
            return shared;
        }

        @Override
        public boolean readOnly() {
            return false;
        }

        @Override
        public long sizeBytes() {
            return 1 << 20;
        }

        @Override
        public CompletionStage<Void> access(BlockRequest request) {
            throw new UnsupportedOperationException();
        }
    }
}
