package org.kemari.api.backend;

import java.nio.ByteBuffer;

/**
 * One request to a disk.
 *
 * @param operation what to do
 * @param offset first byte; 0 for a flush
 * @param lengthBytes how many; 0 for a flush
 * @param data {@code lengthBytes} from its position to its limit, both of which nobody moves. Of a write, what to write:
 *     nobody changes it before the completion. Of a read, where to put what is read: the backend's until the completion.
 *     Empty for everything else.
 */
public record BlockRequest(Operation operation, long offset, long lengthBytes, ByteBuffer data) {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    /** A request without data: a flush, a discard, zeros to write. */
    public static BlockRequest of(Operation operation, long offset, long lengthBytes) {
        return new BlockRequest(operation, offset, lengthBytes, NONE);
    }

    /** Reads into {@code target}, as much as it has room for. */
    public static BlockRequest read(long offset, ByteBuffer target) {
        return new BlockRequest(Operation.READ, offset, target.remaining(), target);
    }

    /** Writes what {@code data} has. */
    public static BlockRequest write(long offset, ByteBuffer data) {
        return new BlockRequest(Operation.WRITE, offset, data.remaining(), data);
    }

    /** The same with data of its own. */
    public BlockRequest kept() {
        ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data.duplicate());
        return new BlockRequest(operation, offset, lengthBytes, copy.flip());
    }

    /** True if its data is as long as it says. */
    public boolean sound() {
        return data.remaining() == (operation.carriesData() ? lengthBytes : 0);
    }

    /** What a disk can do. */
    public enum Operation {
        READ,
        WRITE,
        FLUSH,
        DISCARD,
        WRITE_ZEROES;

        /** True if a request has data: what to write, or room for what is read. */
        public boolean carriesData() {
            return this == READ || this == WRITE;
        }

        /** True if the disk's content may differ afterwards. */
        public boolean changesContent() {
            return this == WRITE || this == DISCARD || this == WRITE_ZEROES;
        }
    }
}
