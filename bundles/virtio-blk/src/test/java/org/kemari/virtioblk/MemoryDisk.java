package org.kemari.virtioblk;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackend;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.backend.DiskSpec;

/** A disk in an array, whose requests are done at once, or when the test says so. */
final class MemoryDisk implements BlockBackend, BlockBackendFactory {
    private record Held(BlockRequest request, Completion completion) {}

    private final byte[] content;
    private final boolean readOnly;
    private final java.util.function.Consumer<String> seen;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private boolean hold;

    MemoryDisk(int sizeBytes, boolean readOnly, java.util.function.Consumer<String> seen) {
        content = new byte[sizeBytes];
        for (int index = 0; index < sizeBytes; index++) {
            content[index] = (byte) (index * 31 >> 3);
        }
        this.readOnly = readOnly;
        this.seen = seen;
    }

    byte[] content() {
        return content;
    }

    void hold() {
        hold = true;
    }

    int heldCount() {
        return held.size();
    }

    @Override
    public BlockBackend open(String vm, DiskSpec spec) throws BackendException {
        if (spec.path().equals("missing")) {
            throw new BackendException("path=missing is not there; create the image first");
        }
        return this;
    }

    @Override
    public long sizeBytes() {
        return content.length;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void submit(BlockRequest request, Completion completion) {
        seen.accept("disk " + request.operation() + " " + request.offset() + " " + request.lengthBytes());
        if (hold) {
            held.add(new Held(request, completion));
        } else {
            execute(request, completion);
        }
    }

    private void execute(BlockRequest request, Completion completion) {
        int from = (int) request.offset();
        int lengthBytes = (int) request.lengthBytes();
        switch (request.operation()) {
            case READ -> request.data().duplicate().put(content, from, lengthBytes);
            case WRITE -> request.data().duplicate().get(content, from, lengthBytes);
            case DISCARD, WRITE_ZEROES -> Arrays.fill(content, from, from + lengthBytes, (byte) 0);
            case FLUSH -> seen.accept("flushed");
        }
        completion.done(BlockStatus.OK);
    }

    @Override
    public void close() {
        // As a disk that goes away under its requests.
        held.forEach(each -> each.completion.done(BlockStatus.IO_ERROR));
        held.clear();
        hold = false;
    }
}
