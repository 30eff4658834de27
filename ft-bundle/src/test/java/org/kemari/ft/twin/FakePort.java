package org.kemari.ft.twin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputGate;
import org.kemari.api.tap.OutputProxy;

/** A port whose backend is a list. */
public class FakePort implements OutputProxy {
    private final String device;
    private final List<Output> delivered = new CopyOnWriteArrayList<>();
    private volatile Optional<OutputGate> gate = Optional.empty();
    private volatile java.util.function.Consumer<Output> wire = output -> {};

    FakePort(String device) {
        this.device = device;
    }

    void say(Output output) {
        gate.ifPresentOrElse(g -> g.accept(this, output), () -> deliver(output));
    }

    /** Watches what leaves. */
    public void wire(java.util.function.Consumer<Output> watcher) {
        wire = watcher;
    }

    public List<Output> delivered() {
        return delivered;
    }

    public boolean gated() {
        return gate.isPresent();
    }

    @Override
    public String vm() {
        return "web";
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public String port() {
        return device;
    }

    @Override
    public void gate(Optional<OutputGate> newGate) {
        gate = newGate;
    }

    @Override
    public void deliver(Output output) {
        wire.accept(output);
        delivered.add(output);
    }
}
