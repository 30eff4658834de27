package org.kemari.ft.primary;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.ft.page.Packed;
import org.kemari.ft.page.PageEncoder;
import org.kemari.ft.page.PageStaging;
import org.kemari.ft.protocol.Flags;
import org.kemari.ft.protocol.OutputList;
import org.kemari.ft.protocol.PayloadWriter;

/**
 * Sends one transaction, as fast as the line takes it: BEGIN, RAM, DISK, OUTPUTS, DEVICE, COMMIT. Encodes what it sends
 * next only when there is room for it. Strand only.
 */
final class TransactionSender {
    /** Where sending has got to. */
    enum Progress {
        /** The line is full; go on when it takes more. */
        BLOCKED,
        /** The staging is empty and there are more pages: refill it, and go on. */
        NEEDS_PAGES,
        /** COMMIT is sent. */
        COMMITTED
    }

    /** State is cut into pieces of this size. */
    private static final int PIECE_BYTES = 1 << 20;

    private record Piece(ReplicationCommand command, byte[] payload) {}

    private final FrameSender frames;
    private final PageEncoder encoder;
    private final PageStaging staging;
    private final long epoch;
    private final Queue<Piece> pieces = new ArrayDeque<>();
    private int nextPage;
    private boolean pagesLeft;

    TransactionSender(
            FrameSender frames, PageEncoder encoder, PageStaging staging, Checkpoint checkpoint, long releasedEpoch) {
        this.frames = frames;
        this.encoder = encoder;
        this.staging = staging;
        epoch = checkpoint.sealed().epoch();
        pagesLeft = checkpoint.pagesLeft() > 0;
        OutputList.encode(checkpoint.sealed().diskChanges())
                .forEach(payload -> pieces.add(new Piece(ReplicationCommand.DISK, payload)));
        OutputList.encode(checkpoint.sealed().outputs())
                .forEach(payload -> pieces.add(new Piece(ReplicationCommand.OUTPUTS, payload)));
        byte[] state = checkpoint.state();
        for (int from = 0; from < state.length; from += PIECE_BYTES) {
            pieces.add(new Piece(
                    ReplicationCommand.DEVICE,
                    Arrays.copyOfRange(state, from, Math.min(state.length, from + PIECE_BYTES))));
        }
        frames.begin(epoch, new PayloadWriter(8).u64(releasedEpoch).toBytes());
    }

    long epoch() {
        return epoch;
    }

    /** The staging has been filled again. */
    void refilled(long left) {
        nextPage = 0;
        pagesLeft = left > 0;
    }

    Progress advance() {
        while (frames.writable()) {
            if (nextPage < staging.count()) {
                int to = Math.min(staging.count(), nextPage + PageEncoder.BATCH_PAGES);
                sendPacked(ReplicationCommand.RAM, encoder.encode(staging, nextPage, to));
                nextPage = to;
            } else if (pagesLeft) {
                return Progress.NEEDS_PAGES;
            } else if (!pieces.isEmpty()) {
                Piece piece = pieces.poll();
                sendPacked(piece.command(), Packed.pack(piece.payload(), piece.payload().length));
            } else {
                frames.commit(epoch);
                return Progress.COMMITTED;
            }
        }
        return Progress.BLOCKED;
    }

    private void sendPacked(ReplicationCommand command, Packed packed) {
        frames.send(command, packed.packed() ? Flags.PACKED : 0, epoch, packed.payload());
    }
}
