package org.kemari.ft.protocol;

/**
 * The frame, little-endian.
 *
 * <pre>
 *  0  u32 magic    "KMRI"
 *  4  u16 version
 *  6  u16 command
 *  8  u32 flags
 * 12  u32 vmId     CRC32C of the VM's name
 * 16  u64 term
 * 24  u64 epoch
 * 32  u32 payload length
 * 36  u32 CRC32C of bytes 0 to 35 and the payload
 * 40  payload
 * </pre>
 */
final class FrameLayout {
    static final int MAGIC = 0x49524d4b;
    static final int VERSION = 2;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int COMMAND_OFFSET = 6;
    static final int FLAGS_OFFSET = 8;
    static final int VM_OFFSET = 12;
    static final int TERM_OFFSET = 16;
    static final int EPOCH_OFFSET = 24;
    static final int LENGTH_OFFSET = 32;
    static final int CHECKSUM_OFFSET = 36;
    static final int HEADER_BYTES = 40;

    private FrameLayout() {}
}
