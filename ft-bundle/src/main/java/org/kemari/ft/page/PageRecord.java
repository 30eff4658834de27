package org.kemari.ft.page;

import org.kemari.api.machine.GuestRam;

/**
 * One page in a RAM payload, little-endian.
 *
 * <pre>
 * u32 page  u8 ZERO
 * u32 page  u8 FULL   4096 bytes
 * u32 page  u8 DELTA  u64 bitmap of 64-byte pieces, then the pieces whose bit is set, lowest first
 * </pre>
 */
final class PageRecord {
    static final int ZERO = 0;
    static final int FULL = 1;
    static final int DELTA = 2;

    static final int HEADER_BYTES = 5;
    static final int BITMAP_BYTES = 8;
    static final int PIECE_BYTES = 64;
    static final int PIECES = GuestRam.PAGE_BYTES / PIECE_BYTES;
    static final int MAX_BYTES = HEADER_BYTES + BITMAP_BYTES + GuestRam.PAGE_BYTES;

    private PageRecord() {}
}
