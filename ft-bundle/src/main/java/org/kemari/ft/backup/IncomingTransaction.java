package org.kemari.ft.backup;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;
import org.kemari.ft.disk.DiskChanges;
import org.kemari.ft.page.Packed;
import org.kemari.ft.page.PageBatch;
import org.kemari.ft.protocol.Flags;
import org.kemari.ft.protocol.OutputList;
import org.kemari.ft.protocol.PayloadException;
import org.kemari.ft.protocol.TransactionDigest;

/**
 * A transaction as it comes in, staged. Everything that could make applying it fail is checked as it comes: an ACK means
 * that it will be applied. Strand only.
 */
final class IncomingTransaction {
    /** Beyond the pages: state, outputs and disk changes of one epoch. */
    private static final long MAX_OTHER_BYTES = 256L << 20;

    private final long epoch;
    private final long ramPages;
    private final DiskChanges disks;
    private final TransactionDigest digest = new TransactionDigest();
    private final List<PageBatch> pages = new ArrayList<>();
    private final List<DeviceOutput> outputs = new ArrayList<>();
    private final List<DeviceOutput> diskChanges = new ArrayList<>();
    private final ByteArrayOutputStream state = new ByteArrayOutputStream(64 << 10);
    private long pageCount;
    private long otherBytes;

    IncomingTransaction(ReplicationFrame begin, long ramPages, DiskChanges disks) {
        this.epoch = begin.epoch();
        this.ramPages = ramPages;
        this.disks = disks;
        digest.add(begin);
    }

    void add(ReplicationFrame frame) throws PayloadException {
        if (frame.epoch() != epoch) {
            throw new PayloadException(
                    frame.command() + " of epoch " + frame.epoch() + " within the transaction of epoch " + epoch);
        }
        digest.add(frame);
        byte[] raw = Packed.unpack(frame.payload(), (frame.flags() & Flags.PACKED) != 0);
        switch (frame.command()) {
            case RAM -> addPages(PageBatch.decode(raw, ramPages));
            case DEVICE -> {
                bound(raw.length);
                state.write(raw, 0, raw.length);
            }
            case DISK -> {
                bound(raw.length);
                diskChanges.addAll(disks.check(OutputList.decode(raw)));
            }
            case OUTPUTS -> {
                bound(raw.length);
                outputs.addAll(OutputList.decode(raw));
            }
            default -> throw new PayloadException(frame.command() + " is no part of a transaction");
        }
    }

    private void addPages(PageBatch batch) throws PayloadException {
        pageCount += batch.pageCount();
        if (pageCount > ramPages) {
            throw new PayloadException(pageCount + " pages in one transaction; the VM has " + ramPages);
        }
        pages.add(batch);
    }

    private void bound(int lengthBytes) throws PayloadException {
        otherBytes += lengthBytes;
        if (otherBytes > MAX_OTHER_BYTES) {
            throw new PayloadException("a transaction with more than " + MAX_OTHER_BYTES + " bytes besides its pages");
        }
    }

    /** It is whole, or this throws. */
    void verify(ReplicationFrame commit) throws PayloadException {
        if (commit.epoch() != epoch) {
            throw new PayloadException(
                    "COMMIT of epoch " + commit.epoch() + " within the transaction of epoch " + epoch);
        }
        digest.verify(commit.payload());
        if (state.size() == 0) {
            throw new PayloadException("the transaction of epoch " + epoch + " has no machine state");
        }
    }

    long epoch() {
        return epoch;
    }

    List<PageBatch> pages() {
        return pages;
    }

    List<DeviceOutput> outputs() {
        return outputs;
    }

    List<DeviceOutput> diskChanges() {
        return diskChanges;
    }

    byte[] state() {
        return state.toByteArray();
    }
}
