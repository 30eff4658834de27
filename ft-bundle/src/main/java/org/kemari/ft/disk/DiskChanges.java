package org.kemari.ft.disk;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputProxy;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;
import org.kemari.ft.protocol.PayloadException;

/**
 * Changes of this side's images, in the order in which the primary made them. One request at a time and disk: a backend
 * may do requests in any order, and two writes to one sector must not change places. Strand only; completions come on the
 * backends' threads.
 */
public final class DiskChanges {
    private final EventTap tap;
    /** The end of each disk's queue. */
    private final Map<String, CompletableFuture<?>> ends = new HashMap<>();

    public DiskChanges(EventTap tap) {
        this.tap = tap;
    }

    /** Checks that each change can be applied; gives them back. */
    public List<DeviceOutput> check(List<DeviceOutput> changes) throws PayloadException {
        for (DeviceOutput change : changes) {
            if (!(change.output() instanceof Output.Block block)) {
                throw new PayloadException("disk " + change.device() + " is given something that is no request");
            }
            BlockOutputProxy disk = find(change.device());
            if (disk == null || disk.shared() || disk.readOnly()) {
                throw new PayloadException("disk " + change.device()
                        + " cannot be written at the backup; give it an image" + " of its own, not read-only");
            }
            BlockRequest request = block.request();
            boolean inside = request.offset() >= 0
                    && request.lengthBytes() >= 0
                    && request.offset() <= disk.sizeBytes()
                    && request.lengthBytes() <= disk.sizeBytes() - request.offset();
            if (!inside || !request.sound()) {
                throw new PayloadException(request.operation() + " of " + request.lengthBytes() + " bytes at "
                        + request.offset() + " is outside disk " + change.device() + " of " + disk.sizeBytes()
                        + " bytes");
            }
        }
        return changes;
    }

    private BlockOutputProxy find(String device) {
        for (OutputProxy proxy : tap.proxies()) {
            if (proxy instanceof BlockOutputProxy disk && proxy.device().equals(device)) {
                return disk;
            }
        }
        return null;
    }

    /** Queues changes that were checked. */
    public void apply(List<DeviceOutput> changes) {
        for (DeviceOutput change : changes) {
            BlockRequest request = ((Output.Block) change.output()).request();
            CompletableFuture<?> end = ends.getOrDefault(change.device(), CompletableFuture.completedFuture(null));
            ends.put(change.device(), end.thenCompose(before -> apply(change.device(), request)));
        }
    }

    private CompletionStage<?> apply(String device, BlockRequest request) {
        BlockOutputProxy disk = find(device);
        if (disk == null) {
            return CompletableFuture.failedFuture(
                    new java.io.IOException("disk " + device + " has gone at the backup; start its bundle again"));
        }
        if (request.operation() == BlockRequest.Operation.WRITE_ZEROES) {
            return zero(disk, request);
        }
        return disk.access(request);
    }

    /** An image is mostly zeros where it is new: reading that is cheaper than filling a sparse file. */
    private static CompletionStage<?> zero(BlockOutputProxy disk, BlockRequest request) {
        if (request.lengthBytes() > 1 << 20) {
            return disk.access(request);
        }
        ByteBuffer zeros = ByteBuffer.allocate((int) request.lengthBytes());
        ByteBuffer there = ByteBuffer.allocate((int) request.lengthBytes());
        return disk.access(BlockRequest.read(request.offset(), there))
                .thenCompose(done -> there.equals(zeros)
                        ? CompletableFuture.completedFuture(null)
                        : disk.access(BlockRequest.write(request.offset(), zeros)));
    }

    /** A new copy starts: it comes after what is under way, and a failure of that is no failure of the copy. */
    public void forgive() {
        ends.replaceAll((device, end) -> end.handle((done, failure) -> null));
    }

    /** Done when everything queued so far is; fails with the first error, and from then on always. */
    public CompletableFuture<Void> settled() {
        return CompletableFuture.allOf(ends.values().toArray(CompletableFuture<?>[]::new));
    }
}
