package org.kemari.ft.twin;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.Output;

/** A disk of its own, in memory. */
public final class FakeDisk extends FakePort implements BlockOutputProxy {
    private final byte[] image;
    private volatile boolean full;

    FakeDisk(String device, int sizeBytes) {
        super(device);
        image = new byte[sizeBytes];
    }

    /** From here on nothing can be written. */
    public void fill() {
        full = true;
    }

    /** Somebody made room. */
    public void empty() {
        full = false;
    }

    public synchronized byte[] image() {
        return image.clone();
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public boolean readOnly() {
        return false;
    }

    @Override
    public long sizeBytes() {
        return image.length;
    }

    @Override
    public void deliver(Output output) {
        access(((Output.Block) output).request());
    }

    @Override
    public synchronized CompletionStage<Void> access(BlockRequest request) {
        int offset = (int) request.offset();
        int lengthBytes = (int) request.lengthBytes();
        if (full && request.operation().changesContent()) {
            return CompletableFuture.failedFuture(new IOException("image backup.img: no space left on device"));
        }
        switch (request.operation()) {
            case READ -> request.data().duplicate().put(image, offset, lengthBytes);
            case WRITE -> request.data().duplicate().get(image, offset, lengthBytes);
            case DISCARD, WRITE_ZEROES -> Arrays.fill(image, offset, offset + lengthBytes, (byte) 0);
            case FLUSH -> {}
        }
        return CompletableFuture.completedFuture(null);
    }
}
