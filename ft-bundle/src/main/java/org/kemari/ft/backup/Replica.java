package org.kemari.ft.backup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineTask;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;
import org.kemari.ft.disk.DiskChanges;
import org.kemari.ft.failover.AddressBook;
import org.kemari.ft.page.PageBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the backup holds: the last committed epoch, applied to a machine that stands still, and what goes with it. Strand
 * only; states are tried and a few pages loaded by it too, where the machine rests, one transaction after the other.
 */
final class Replica {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    /** Pages cleared in one task of the machine. */
    private static final long CLEAR_PAGES = 16_384;

    /** As many are loaded in the time that two changes of thread take, or some times that. */
    private static final int BRIEF_PAGES = 500;

    private record Outputs(long epoch, List<DeviceOutput> outputs) {}

    private final Machine machine;
    private final long ramPages;
    private final DiskChanges disks;
    private AddressBook addresses;
    private CompletableFuture<?> applied = CompletableFuture.completedFuture(null);
    private final PendingInputs inputs = new PendingInputs();
    private final Deque<Outputs> outputs = new ArrayDeque<>();
    private long epoch;
    private long releasedEpoch;
    private byte[] state;

    Replica(Machine machine, EventTap tap) {
        this.machine = machine;
        this.ramPages = machine.config().memoryBytes() / 4096;
        this.disks = new DiskChanges(tap);
        forget();
    }

    /** Holds nothing from here on. */
    void forget() {
        state = null;
        epoch = 0;
        releasedEpoch = 0;
        inputs.clear();
        outputs.clear();
        // What is still under way comes first, whatever becomes of it: a late write must not fall into the next copy.
        applied = applied.handle((done, failure) -> null);
        disks.forgive();
        addresses = new AddressBook(machine.config().devices());
    }

    /** True if there is a whole state to go on from. */
    boolean whole() {
        return state != null;
    }

    long epoch() {
        return epoch;
    }

    long ramPages() {
        return ramPages;
    }

    DiskChanges disks() {
        return disks;
    }

    AddressBook addresses() {
        return addresses;
    }

    byte[] state() {
        return state;
    }

    /** Clears the RAM, in which a kernel may wait that never runs here. */
    CompletableFuture<?> clear() {
        for (long from = 0; from < ramPages; from += CLEAR_PAGES) {
            long first = from;
            long end = Math.min(ramPages, from + CLEAR_PAGES);
            applied = applied.thenCompose(before -> machine.call(view -> {
                for (long page = first; page < end; page++) {
                    view.ram().clear(page);
                }
                return null;
            }));
        }
        return applied;
    }

    void copyPages(PageBatch batch) {
        load(List.of(batch), false);
    }

    /** @param briefly whether this may be done by this thread: then nothing comes in meanwhile */
    private void load(List<PageBatch> batches, boolean briefly) {
        if (batches.isEmpty()) {
            return;
        }
        MachineTask<Void> task = view -> {
            batches.forEach(batch -> batch.applyTo(view.ram()));
            return null;
        };
        applied = applied.thenCompose(before -> briefly ? machine.callStanding(task) : machine.call(task));
    }

    private void load(IncomingTransaction transaction) {
        int pages = transaction.pages().stream().mapToInt(PageBatch::pageCount).sum();
        load(transaction.pages(), pages <= BRIEF_PAGES);
    }

    /** Done when everything so far is in RAM. */
    CompletableFuture<?> applied() {
        return applied;
    }

    /** Applies the first whole transaction and tries whether its state can be restored here. */
    CompletableFuture<?> tryFirst(IncomingTransaction first) {
        load(first);
        return tryState(first);
    }

    /**
     * Tries, when all before is in RAM, whether the transaction's state can be restored here: an ACK says that it can. The
     * standing machine has that state then, which does not matter: {@link #prepare} gives it the committed one.
     */
    CompletableFuture<?> tryState(IncomingTransaction transaction) {
        byte[] tried = transaction.state();
        return applied.thenCompose(before -> machine.callStanding(view -> {
            view.restoreState(tried);
            return null;
        }));
    }

    /**
     * Makes the standing machine ready to start from the committed state; nothing of it can be seen outside. Done, with
     * the time when all acknowledged changes were in place, when it may start. What comes later is behind it, so a copy
     * that is taken after all cannot meet it half-way.
     */
    CompletableFuture<Long> prepare() {
        byte[] committed = state;
        CompletableFuture<Long> prepared = applied.thenCombine(disks.settled(), (ram, disk) -> System.nanoTime())
                .thenCompose(inPlaceNanos -> machine.call(view -> {
                    view.restoreState(committed);
                    return inPlaceNanos;
                }));
        applied = prepared;
        return prepared;
    }

    /** Takes over a transaction that was acknowledged. */
    void commit(IncomingTransaction transaction, boolean pagesLoaded) {
        if (!pagesLoaded) {
            load(transaction);
        }
        disks.apply(transaction.diskChanges());
        epoch = transaction.epoch();
        state = transaction.state();
        if (!transaction.outputs().isEmpty()) {
            outputs.add(new Outputs(epoch, transaction.outputs()));
            addresses.learn(transaction.outputs());
        }
        inputs.committed(epoch);
    }

    /** Outputs up to {@code number} have left the primary. */
    void released(long number) {
        releasedEpoch = Math.max(releasedEpoch, number);
        while (!outputs.isEmpty() && outputs.peek().epoch() <= releasedEpoch) {
            outputs.poll();
        }
    }

    /** Tells the standing machine what is hot where its guest runs. Nothing depends on it. */
    void foretell(byte[] hotCode) {
        machine.call(view -> {
                    view.foretell(hotCode);
                    return null;
                })
                .exceptionally(failure -> {
                    LOG.warn(
                            "vm={} the primary's hot code is of no use here: {}",
                            machine.config().name(),
                            failure.getMessage());
                    return null;
                });
    }

    void inputs(long number, List<Input> taken) {
        if (number > epoch) {
            inputs.add(number, taken);
        }
    }

    /** What the guest took in after the committed epoch, in order. */
    List<Input> pendingInputs() {
        return inputs.list();
    }

    /** What was committed and may not have left the primary, in order. */
    List<DeviceOutput> pendingOutputs() {
        List<DeviceOutput> pending = new ArrayList<>();
        outputs.forEach(batch -> pending.addAll(batch.outputs()));
        return pending;
    }
}
