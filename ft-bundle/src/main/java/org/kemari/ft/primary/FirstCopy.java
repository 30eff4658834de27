package org.kemari.ft.primary;

import java.util.List;
import java.util.concurrent.CompletionException;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;
import org.kemari.ft.disk.DiskCopy;
import org.kemari.ft.page.Packed;
import org.kemari.ft.page.PageEncoder;
import org.kemari.ft.page.PageStaging;
import org.kemari.ft.protocol.Flags;
import org.kemari.ft.protocol.OutputList;

/**
 * The first copy, while the guest runs and its outputs pass: turn by turn some dirty pages, the disk changes recorded
 * since the turn before, and a piece of a disk. It ends when few pages are left, which go with the first transaction.
 * Strand only.
 */
final class FirstCopy {
    /** Pages claimed in one task of the machine: under a millisecond of the guest's time. */
    private static final int TURN_PAGES = 512;
    /** So many left pages make a pause of a few milliseconds. */
    private static final long FEW_PAGES = 1_024;
    /** A guest that writes faster than the line takes it is cut off after so many times its RAM. */
    private static final long MAX_PASSES = 4;
    /** The backup says after each so many bytes that it has applied them … */
    private static final long MARK_BYTES = 8 << 20;
    /** … and no more than so many such stretches are under way: that bounds what waits at its disk. */
    private static final int MAX_MARKS = 2;

    private record Turn(List<DeviceOutput> changes, long pagesLeft) {}

    private final PrimarySession session;
    private DiskCopy disks;
    private boolean busy;
    private int marks;
    private long mark;
    private long bytesAtMark;
    private long pagesSent;

    FirstCopy(PrimarySession session) {
        this.session = session;
    }

    void start(long firstEpoch) {
        EventTap tap = session.ground().tap();
        busy = true;
        disks = new DiskCopy(tap.proxies());
        session.strand()
                .when(
                        session.ground()
                                .machine()
                                .call(view -> {
                                    if (!session.ended()) {
                                        tap.record(firstEpoch, session);
                                        session.track(view.ram().track());
                                    }
                                    return null;
                                })
                                // Only now is every later change recorded; what was under way must be in the image.
                                .thenCompose(recording -> disks.settle()),
                        (settled, failure) -> turnDone(failure));
    }

    void acknowledged() {
        marks--;
        goOn();
    }

    void goOn() {
        if (busy
                || session.state() != SenderState.COPYING
                || marks >= MAX_MARKS
                || !session.frames().writable()) {
            return;
        }
        busy = true;
        PageStaging staging = session.staging();
        EventTap tap = session.ground().tap();
        session.strand()
                .when(
                        session.ground().machine().call(view -> {
                            if (session.ended()) {
                                return null;
                            }
                            staging.clear();
                            session.tracker().claim(staging, TURN_PAGES);
                            return new Turn(
                                    tap.seal().diskChanges(), session.tracker().dirtyPages());
                        }),
                        (turn, failure) -> {
                            if (turn == null) {
                                turnDone(failure);
                            } else if (session.state() == SenderState.COPYING) {
                                send(turn);
                            }
                        });
    }

    private void send(Turn turn) {
        PageStaging staging = session.staging();
        session.sendChanges(OutputList.encode(turn.changes()));
        for (int from = 0; from < staging.count(); from += PageEncoder.BATCH_PAGES) {
            int to = Math.min(staging.count(), from + PageEncoder.BATCH_PAGES);
            Packed packed = session.encoder().encode(staging, from, to);
            session.sendCopy(ReplicationCommand.RAM, packed.payload(), packed.packed());
        }
        pagesSent += staging.count();
        if (disks.done()) {
            boolean enough = turn.pagesLeft() <= FEW_PAGES
                    || pagesSent
                            > MAX_PASSES * session.ground().machine().config().memoryBytes() / 4096;
            if (enough) {
                session.copied();
            } else {
                turnDone(null);
            }
            return;
        }
        session.strand().when(disks.next(), (piece, failure) -> {
            if (piece != null && session.state() == SenderState.COPYING) {
                for (byte[] payload : OutputList.encode(List.of(piece))) {
                    Packed packed = Packed.pack(payload, payload.length);
                    session.sendCopy(ReplicationCommand.DISK, packed.payload(), packed.packed());
                }
            }
            turnDone(failure);
        });
    }

    private void turnDone(Throwable failure) {
        busy = false;
        if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            session.lose("the first copy cannot go on: " + cause.getMessage());
            return;
        }
        if (session.state() == SenderState.COPYING && session.bytesSent() - bytesAtMark >= MARK_BYTES) {
            bytesAtMark = session.bytesSent();
            marks++;
            session.frames().send(ReplicationCommand.COMMIT, Flags.COPY, ++mark, new byte[0]);
        }
        goOn();
    }
}
