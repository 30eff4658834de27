package org.kemari.ft.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a payload, little-endian, growing as needed. One thread. */
public final class PayloadWriter {
    private ByteBuffer buffer;

    public PayloadWriter(int initialBytes) {
        buffer = ByteBuffer.allocate(Math.max(16, initialBytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer room(int lengthBytes) {
        if (buffer.remaining() < lengthBytes) {
            int capacity = Math.max(buffer.capacity() * 2, Math.addExact(buffer.position(), lengthBytes));
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(buffer.position());
        }
        return buffer;
    }

    public PayloadWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    public PayloadWriter u32(int value) {
        room(4).putInt(value);
        return this;
    }

    public PayloadWriter u64(long value) {
        room(8).putLong(value);
        return this;
    }

    /** Length and bytes. */
    public PayloadWriter bytes(byte[] value) {
        return bytes(ByteBuffer.wrap(value), 0, value.length);
    }

    /** Length and bytes, from {@code index} on; the position of {@code value} stays. */
    public PayloadWriter bytes(ByteBuffer value, int index, int lengthBytes) {
        u32(lengthBytes);
        ByteBuffer to = room(lengthBytes);
        to.put(to.position(), value, index, lengthBytes).position(to.position() + lengthBytes);
        return this;
    }

    public PayloadWriter string(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public int sizeBytes() {
        return buffer.position();
    }

    public byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
