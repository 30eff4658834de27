package org.kemari.ft.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputProxy;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;

/**
 * Reads the images of all disks that are not shared, piece by piece. A piece that is read while the guest writes may be
 * older or newer than the write; the caller records changes before it asks for a piece and sends them after it, so the
 * change has the last word at the backup too. One piece at a time.
 */
public final class DiskCopy {
    private static final int PIECE_BYTES = 1 << 20;

    private final List<BlockOutputProxy> disks;
    private int disk;
    private long offset;

    public DiskCopy(Collection<OutputProxy> proxies) {
        disks = proxies.stream()
                .filter(proxy -> proxy instanceof BlockOutputProxy)
                .map(proxy -> (BlockOutputProxy) proxy)
                .filter(proxy -> !proxy.shared() && !proxy.readOnly())
                .toList();
        skipEmpty();
    }

    /** Writes that were under way before changes were recorded are in the images when this is done. */
    public CompletionStage<Void> settle() {
        CompletableFuture<?>[] flushes = disks.stream()
                .map(proxy -> proxy.access(BlockRequest.of(BlockRequest.Operation.FLUSH, 0, 0))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(flushes);
    }

    public boolean done() {
        return disk >= disks.size();
    }

    /** The next piece, as the write that makes it so. */
    public CompletionStage<DeviceOutput> next() {
        BlockOutputProxy proxy = disks.get(disk);
        long from = offset;
        int lengthBytes = (int) Math.min(PIECE_BYTES, proxy.sizeBytes() - from);
        offset += lengthBytes;
        skipEmpty();
        byte[] data = new byte[lengthBytes];
        return proxy.access(BlockRequest.read(from, ByteBuffer.wrap(data)))
                .thenApply(done -> new DeviceOutput(proxy.device(), new Output.Block(0, write(from, data))));
    }

    private static BlockRequest write(long from, byte[] data) {
        return Arrays.equals(data, new byte[data.length])
                ? BlockRequest.of(BlockRequest.Operation.WRITE_ZEROES, from, data.length)
                : BlockRequest.write(from, ByteBuffer.wrap(data));
    }

    private void skipEmpty() {
        while (disk < disks.size() && offset >= disks.get(disk).sizeBytes()) {
            disk++;
            offset = 0;
        }
    }
}
