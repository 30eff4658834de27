package org.kemari.emulator.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.kemari.api.state.StateWriter;

/**
 * Collects values and encodes them as {@link StateFormat} says. Equal calls give equal bytes. Values are encoded as they
 * come: a guest stands still meanwhile, at each checkpoint.
 */
public final class EncodedStateWriter implements StateWriter {
    private static final int FIRST_BYTES = 256;

    private final int version;
    private final Set<String> names = new HashSet<>();
    private final List<Below> sections = new ArrayList<>();

    /** What is in this section, but for the sections in it. */
    private ByteBuffer values = little(FIRST_BYTES);

    /** A section, and how much of {@link #values} comes before its content. */
    private record Below(int position, EncodedStateWriter writer) {}

    public EncodedStateWriter(int version) {
        this.version = version;
    }

    @Override
    public StateWriter section(String name, int sectionVersion) {
        begin(StateFormat.SECTION, name, 0);
        EncodedStateWriter below = new EncodedStateWriter(sectionVersion);
        sections.add(new Below(values.position(), below));
        return below;
    }

    @Override
    public void putLong(String name, long value) {
        begin(StateFormat.LONG, name, Long.BYTES).putLong(value);
    }

    @Override
    public void putInt(String name, int value) {
        begin(StateFormat.INT, name, Integer.BYTES).putInt(value);
    }

    @Override
    public void putBoolean(String name, boolean value) {
        begin(StateFormat.BOOLEAN, name, 1).put((byte) (value ? 1 : 0));
    }

    @Override
    public void putString(String name, String value) {
        putCounted(StateFormat.STRING, name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void putBytes(String name, byte[] value) {
        putCounted(StateFormat.BYTES, name, value);
    }

    @Override
    public void putLongs(String name, long[] longs) {
        begin(StateFormat.LONGS, name, Integer.BYTES + Math.multiplyExact(Long.BYTES, longs.length))
                .putInt(longs.length);
        for (long value : longs) {
            values.putLong(value);
        }
    }

    /** The encoded form of all that was written so far. */
    public byte[] encode() {
        int length = StateFormat.HEADER_BYTES + lengthBytes() + StateFormat.TRAILER_BYTES;
        ByteBuffer out = little(length);
        out.putInt(StateFormat.MAGIC).putShort((short) StateFormat.FORMAT).putInt(length);
        write(out);
        CRC32C crc = new CRC32C();
        crc.update(out.array(), 0, out.position());
        return out.putInt((int) crc.getValue()).array();
    }

    private void putCounted(byte kind, String name, byte[] value) {
        begin(kind, name, Math.addExact(Integer.BYTES, value.length))
                .putInt(value.length)
                .put(value);
    }

    /** Writes what comes before a value's content, for which there is room then. */
    private ByteBuffer begin(byte kind, String name, int contentBytes) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("state value " + name + " is written twice in one section");
        }
        byte[] encodedName = name.getBytes(StandardCharsets.UTF_8);
        int needed = Math.addExact(3 + encodedName.length, contentBytes);
        if (values.remaining() < needed) {
            int capacity = Math.max(Math.addExact(values.position(), needed), 2 * values.capacity());
            values = little(capacity).put(values.flip());
        }
        return values.put(kind).putShort((short) encodedName.length).put(encodedName);
    }

    private int lengthBytes() {
        int length = 8 + values.position();
        for (Below section : sections) {
            length = Math.addExact(length, section.writer.lengthBytes());
        }
        return length;
    }

    private void write(ByteBuffer out) {
        out.putInt(version).putInt(names.size());
        int from = 0;
        for (Below section : sections) {
            out.put(values.array(), from, section.position - from);
            from = section.position;
            section.writer.write(out);
        }
        out.put(values.array(), from, values.position() - from);
    }

    private static ByteBuffer little(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }
}
