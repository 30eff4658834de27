package org.kemari.emulator.state;

/**
 * Layout of saved state, little-endian:
 *
 * <pre>
 *  u32 magic "KMST" | u16 format | u32 length of all | root section | u32 CRC32C of all before
 *  section:  u32 version | u32 number of values | values
 *  value:    u8 kind | u16 length of name | name (UTF-8) | content by kind
 *  content:  LONG 8 | INT 4 | BOOLEAN 1 | STRING, BYTES u32 length + bytes | LONGS u32 count + 8 each | SECTION a section
 * </pre>
 */
final class StateFormat {
    static final int MAGIC = 0x54534d4b;
    static final int FORMAT = 1;
    static final int HEADER_BYTES = 10;
    static final int TRAILER_BYTES = 4;
    /** Bounds recursion while reading; the deepest user is a device within a machine within a snapshot. */
    static final int MAX_DEPTH = 16;

    static final byte LONG = 1;
    static final byte INT = 2;
    static final byte BOOLEAN = 3;
    static final byte STRING = 4;
    static final byte BYTES = 5;
    static final byte LONGS = 6;
    static final byte SECTION = 7;

    private StateFormat() {}

    static String kindName(byte kind) {
        switch (kind) {
            case LONG:
                return "a long";
            case INT:
                return "an int";
            case BOOLEAN:
                return "a boolean";
            case STRING:
                return "a string";
            case BYTES:
                return "bytes";
            case LONGS:
                return "longs";
            case SECTION:
                return "a section";
            default:
                return "kind " + kind;
        }
    }
}
