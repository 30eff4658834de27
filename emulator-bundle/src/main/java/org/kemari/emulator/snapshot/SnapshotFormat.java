package org.kemari.emulator.snapshot;

/**
 * A snapshot file, little-endian:
 *
 * <pre>
 *  "KMSNAPSH" | u32 version | u32 length of header | header: encoded state that describes the machine
 *  blocks:  u8 kind | u32 plain length | u32 stored length | u32 CRC32C of what is stored | stored (LZ4)
 *           kind 1: pages, each u64 number + 4096 bytes; a page that comes again replaces the one before
 *           kind 2: the machine's saved state, once, after all pages
 *           kind 0: end, lengths and CRC 0
 *  32 bytes SHA-256 of all before
 * </pre>
 */
final class SnapshotFormat {
    static final byte[] MAGIC = {'K', 'M', 'S', 'N', 'A', 'P', 'S', 'H'};
    static final int VERSION = 1;
    static final byte END = 0;
    static final byte PAGES = 1;
    static final byte STATE = 2;
    static final int PAGE_RECORD_BYTES = 8 + 4096;
    /** Pages of one block, which is also what the machine thread copies out at a time: about a tenth of a millisecond. */
    static final int PAGES_PER_BLOCK = 256;

    /** Bounds what a reader allocates; a state is a few hundred KiB, with many disk requests in flight some MiB. */
    static final int MAX_BLOCK_BYTES = 256 << 20;

    static final int MAX_HEADER_BYTES = 1 << 20;
    static final int DIGEST_BYTES = 32;

    private SnapshotFormat() {}
}
