package org.kemari.api.backend;

/**
 * One request to a disk.
 *
 * @param operation what to do
 * @param offset first byte; 0 for a flush
 * @param lengthBytes how many; 0 for a flush
 * @param data what to write; empty unless it is a write. Nobody changes it any more.
 */
public record BlockRequest(Operation operation, long offset, long lengthBytes, byte[] data) {
    /** What a disk can do. */
    public enum Operation {
        READ,
        WRITE,
        FLUSH,
        DISCARD,
        WRITE_ZEROES;

        /** True if the disk's content may differ afterwards. */
        public boolean changesContent() {
            return this == WRITE || this == DISCARD || this == WRITE_ZEROES;
        }
    }
}
