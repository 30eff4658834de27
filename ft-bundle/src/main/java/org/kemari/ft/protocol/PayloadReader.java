package org.kemari.ft.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a payload, little-endian. Every length is checked against what is there before anything is allocated. */
public final class PayloadReader {
    private final ByteBuffer buffer;

    public PayloadReader(byte[] payload) {
        buffer = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer need(int lengthBytes) throws PayloadException {
        if (lengthBytes < 0 || buffer.remaining() < lengthBytes) {
            throw new PayloadException("payload of " + buffer.limit() + " bytes ends at " + buffer.position() + ": "
                    + Integer.toUnsignedLong(lengthBytes) + " more are needed");
        }
        return buffer;
    }

    public int u8() throws PayloadException {
        return need(1).get() & 0xff;
    }

    public int u32() throws PayloadException {
        return need(4).getInt();
    }

    public long u64() throws PayloadException {
        return need(8).getLong();
    }

    public byte[] bytes() throws PayloadException {
        int lengthBytes = u32();
        need(lengthBytes);
        byte[] value = new byte[lengthBytes];
        buffer.get(value);
        return value;
    }

    public String string() throws PayloadException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** A count of things that take at least {@code leastBytes} each. */
    public int count(int leastBytes) throws PayloadException {
        int count = u32();
        if (count < 0 || (long) count * leastBytes > buffer.remaining()) {
            throw new PayloadException("count=" + Integer.toUnsignedLong(count) + " does not fit into the "
                    + buffer.remaining() + " bytes that are left");
        }
        return count;
    }

    public int remaining() {
        return buffer.remaining();
    }

    public void end() throws PayloadException {
        if (buffer.hasRemaining()) {
            throw new PayloadException(buffer.remaining() + " bytes too many");
        }
    }
}
