package org.kemari.ft.page;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.kemari.api.machine.GuestRam;

/** Turns staged pages into RAM payloads. One thread. */
public final class PageEncoder {
    /**
     * Pages per payload: keeps the line busy. Half a megabyte at most, since the backup stages payloads as they are, and
     * G1 gives an array of more than half a region (of 1 MiB, where the heap is small) regions of its own.
     */
    public static final int BATCH_PAGES = 120;

    private static final byte[] ZEROS = new byte[GuestRam.PAGE_BYTES];
    /** A bit for each piece of a page. */
    private static final long ALL_PIECES = -1L;

    /** With more pieces than this changed, the whole page is as short. */
    private static final int MAX_DELTA_PIECES = PageRecord.PIECES - 4;

    private final SentPages sent;
    private final ByteBuffer raw =
            ByteBuffer.allocate(BATCH_PAGES * PageRecord.MAX_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** @param cachedPages how many sent pages are remembered to send only what changed */
    public PageEncoder(int cachedPages) {
        sent = new SentPages(cachedPages);
    }

    /** The backup starts anew: nothing that was sent counts any more. */
    public void forget() {
        sent.clear();
    }

    /** Encodes {@code [from, to)} of what is staged, at most {@link #BATCH_PAGES}. */
    public Packed encode(PageStaging staging, int from, int to) {
        raw.clear();
        for (int i = from; i < to; i++) {
            encode(staging.page(i), staging.content(i), staging.offset(i));
        }
        return Packed.pack(raw.array(), raw.position());
    }

    private void encode(long page, byte[] content, int offset) {
        if (Arrays.equals(content, offset, offset + GuestRam.PAGE_BYTES, ZEROS, 0, GuestRam.PAGE_BYTES)) {
            raw.putInt((int) page).put((byte) PageRecord.ZERO);
            sent.forget(page);
            return;
        }
        byte[] before = sent.find(page);
        long changed = before == null ? ALL_PIECES : changedPieces(before, content, offset);
        if (Long.bitCount(changed) > MAX_DELTA_PIECES) {
            full(page, content, offset);
            sent.put(page, content, offset);
        } else if (changed != 0) {
            delta(page, changed, before, content, offset);
        }
    }

    private void full(long page, byte[] content, int offset) {
        raw.putInt((int) page).put((byte) PageRecord.FULL).put(content, offset, GuestRam.PAGE_BYTES);
    }

    /** Encodes what changed, and remembers it. */
    private void delta(long page, long changed, byte[] before, byte[] content, int offset) {
        raw.putInt((int) page).put((byte) PageRecord.DELTA).putLong(changed);
        for (long left = changed; left != 0; left &= left - 1) {
            int at = Long.numberOfTrailingZeros(left) * PageRecord.PIECE_BYTES;
            raw.put(content, offset + at, PageRecord.PIECE_BYTES);
            System.arraycopy(content, offset + at, before, at, PageRecord.PIECE_BYTES);
        }
    }

    private static long changedPieces(byte[] before, byte[] content, int offset) {
        long changed = 0;
        int from = 0;
        while (from < GuestRam.PAGE_BYTES) {
            int equal = Arrays.mismatch(
                    before, from, GuestRam.PAGE_BYTES, content, offset + from, offset + GuestRam.PAGE_BYTES);
            if (equal < 0) {
                break;
            }
            int piece = (from + equal) / PageRecord.PIECE_BYTES;
            changed |= 1L << piece;
            from = (piece + 1) * PageRecord.PIECE_BYTES;
        }
        return changed;
    }
}
