package org.kemari.ft.primary;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineView;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.ft.session.Strand;

/**
 * Tells the backup now and then which of the guest's code is hot, so that it does not go live in cold code. Travels with
 * a sign of life: a hint, which no transaction depends on. On the strand.
 */
final class HotCodeTeller {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Machine machine;
    private final Strand strand;
    private final FrameSender beats;
    private final BooleanSupplier over;
    private byte[] told = {};

    /** @param over true as soon as the session has ended */
    HotCodeTeller(Machine machine, Strand strand, FrameSender beats, BooleanSupplier over) {
        this.machine = machine;
        this.strand = strand;
        this.beats = beats;
        this.over = over;
    }

    /** Tells it at once, and again as long as the session lasts. */
    void tell() {
        if (over.getAsBoolean()) {
            return;
        }
        strand.when(machine.call(MachineView::hotCode), (hotCode, failure) -> {
            // A machine that has ended has nothing more to tell, and its session ends as well.
            if (failure != null || over.getAsBoolean()) {
                return;
            }
            if (!Arrays.equals(hotCode, told)) {
                beats.send(ReplicationCommand.HEARTBEAT, 0, 0, hotCode);
                told = hotCode;
            }
            strand.schedule(this::tell, PERIOD_NANOS);
        });
    }
}
