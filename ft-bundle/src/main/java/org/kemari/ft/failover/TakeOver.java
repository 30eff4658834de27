package org.kemari.ft.failover;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.Machine;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.OutputProxy;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;
import org.kemari.ft.session.Strand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a standing machine, which has its state back, the running one. In this order: inputs that the primary had taken
 * since, start (which opens the ports and issues again what is in flight), outputs that were committed and may not have
 * left, and then the network is told, several times, since a frame may be lost. Strand.
 */
public final class TakeOver {
    private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);
    /** A switch that is itself just starting to learn gets another chance. */
    private static final long[] ANNOUNCE_MILLIS = {50, 200, 500, 1_000};

    private final String vm;
    private final Machine machine;
    private final EventTap tap;
    private final Strand strand;

    public TakeOver(String vm, Machine machine, EventTap tap, Strand strand) {
        this.vm = vm;
        this.machine = machine;
        this.tap = tap;
        this.strand = strand;
    }

    /**
     * Starts the machine, which has its state back; done when the guest runs here. Start and outputs are tasks one right
     * after the other, so that nothing the guest says from here on gets ahead of what it said before.
     */
    public CompletionStage<Void> run(List<Input> inputs, List<DeviceOutput> outputs, AddressBook addresses) {
        inputs.forEach(machine.inbox()::offer);
        return machine.call(view -> {
                    machine.start();
                    return machine.call(open -> {
                        say(outputs);
                        return null;
                    });
                })
                .thenCompose(said -> said)
                .thenRun(() -> {
                    LOG.info("vm={} goes on here: inputs={} outputs={} said again", vm, inputs.size(), outputs.size());
                    strand.execute(() -> announce(addresses));
                });
    }

    private void announce(AddressBook addresses) {
        List<DeviceOutput> frames = addresses.announcements();
        say(frames);
        for (long millis : ANNOUNCE_MILLIS) {
            strand.schedule(() -> say(frames), millis * 1_000_000);
        }
    }

    private void say(List<DeviceOutput> outputs) {
        for (DeviceOutput said : outputs) {
            for (OutputProxy proxy : tap.proxies()) {
                if (proxy.device().equals(said.device())) {
                    proxy.deliver(said.output());
                }
            }
        }
    }
}
