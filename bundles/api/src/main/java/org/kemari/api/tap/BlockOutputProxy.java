package org.kemari.api.tap;

import java.util.concurrent.CompletionStage;
import org.kemari.api.backend.BlockRequest;

/** The proxy of a disk: also lets replication read and write the image, past the guest. */
public interface BlockOutputProxy extends OutputProxy {
    /** True if primary and backup reach the same image: then writes are outputs, and held. */
    boolean shared();

    boolean readOnly();

    long sizeBytes();

    /**
     * Does a request on the image without the guest's knowledge: the read of a first synchronisation, the write of a
     * committed epoch. Any thread. When it is done, what was read is in the request's data; fails with an
     * {@code IOException} that names the image.
     */
    CompletionStage<Void> access(BlockRequest request);
}
