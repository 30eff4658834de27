package org.kemari.ft.page;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kemari.api.machine.GuestRam;
import org.kemari.ft.protocol.PayloadException;

/** A RAM payload that has been checked whole: applying it cannot fail. */
public final class PageBatch {
    private final ByteBuffer records;
    private final int pageCount;

    private PageBatch(byte[] records, int pageCount) {
        this.records = ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
        this.pageCount = pageCount;
    }

    /** @param ramPages pages of the machine that this is for */
    public static PageBatch decode(byte[] raw, long ramPages) throws PayloadException {
        ByteBuffer in = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        int count = 0;
        while (in.hasRemaining()) {
            need(in, PageRecord.HEADER_BYTES);
            long page = Integer.toUnsignedLong(in.getInt());
            if (page >= ramPages) {
                throw new PayloadException("page=" + page + " is outside a RAM of " + ramPages + " pages");
            }
            int kind = in.get();
            switch (kind) {
                case PageRecord.ZERO -> {}
                case PageRecord.FULL -> skip(in, GuestRam.PAGE_BYTES);
                case PageRecord.DELTA -> {
                    need(in, PageRecord.BITMAP_BYTES);
                    skip(in, Long.bitCount(in.getLong()) * PageRecord.PIECE_BYTES);
                }
                default -> throw new PayloadException("kind=" + kind + " of page " + page + " does not exist");
            }
            count++;
        }
        return new PageBatch(raw, count);
    }

    private static void need(ByteBuffer in, int lengthBytes) throws PayloadException {
        if (in.remaining() < lengthBytes) {
            throw new PayloadException("pages end after " + in.limit() + " bytes, within a page");
        }
    }

    private static void skip(ByteBuffer in, int lengthBytes) throws PayloadException {
        need(in, lengthBytes);
        in.position(in.position() + lengthBytes);
    }

    public int pageCount() {
        return pageCount;
    }

    public int sizeBytes() {
        return records.capacity();
    }

    /** In a task of the machine. */
    public void applyTo(GuestRam ram) {
        ByteBuffer in = records.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        byte[] raw = records.array();
        byte[] page = null;
        while (in.hasRemaining()) {
            long number = Integer.toUnsignedLong(in.getInt());
            switch (in.get()) {
                case PageRecord.FULL -> {
                    ram.load(number, raw, in.position());
                    in.position(in.position() + GuestRam.PAGE_BYTES);
                }
                case PageRecord.DELTA -> {
                    if (page == null) {
                        page = new byte[GuestRam.PAGE_BYTES];
                    }
                    ram.read(number, page, 0);
                    for (long left = in.getLong(); left != 0; left &= left - 1) {
                        in.get(page, Long.numberOfTrailingZeros(left) * PageRecord.PIECE_BYTES, PageRecord.PIECE_BYTES);
                    }
                    ram.load(number, page, 0);
                }
                default -> ram.clear(number);
            }
        }
    }
}
