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

/** Collects values and encodes them as {@link StateFormat} says. Equal calls give equal bytes. */
public final class EncodedStateWriter implements StateWriter {
    private final int version;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    public EncodedStateWriter(int version) {
        this.version = version;
    }

    @Override
    public StateWriter section(String name, int sectionVersion) {
        EncodedStateWriter below = new EncodedStateWriter(sectionVersion);
        add(StateFormat.SECTION, name, new byte[0], below);
        return below;
    }

    @Override
    public void putLong(String name, long value) {
        add(StateFormat.LONG, name, little(8).putLong(value).array(), null);
    }

    @Override
    public void putInt(String name, int value) {
        add(StateFormat.INT, name, little(4).putInt(value).array(), null);
    }

    @Override
    public void putBoolean(String name, boolean value) {
        add(StateFormat.BOOLEAN, name, new byte[] {(byte) (value ? 1 : 0)}, null);
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
    public void putLongs(String name, long[] values) {
        ByteBuffer content = little(4 + 8 * values.length).putInt(values.length);
        for (long value : values) {
            content.putLong(value);
        }
        add(StateFormat.LONGS, name, content.array(), null);
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
        add(kind, name, little(4 + value.length).putInt(value.length).put(value).array(), null);
    }

    private void add(byte kind, String name, byte[] content, EncodedStateWriter below) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("state value " + name + " is written twice in one section");
        }
        entries.add(new Entry(kind, name.getBytes(StandardCharsets.UTF_8), content, below));
    }

    private int lengthBytes() {
        int length = 8;
        for (Entry entry : entries) {
            length = Math.addExact(length, 3 + entry.name.length + entry.content.length);
            if (entry.below != null) {
                length = Math.addExact(length, entry.below.lengthBytes());
            }
        }
        return length;
    }

    private void write(ByteBuffer out) {
        out.putInt(version).putInt(entries.size());
        for (Entry entry : entries) {
            out.put(entry.kind).putShort((short) entry.name.length).put(entry.name);
            out.put(entry.content);
            if (entry.below != null) {
                entry.below.write(out);
            }
        }
    }

    private static ByteBuffer little(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static final class Entry {
        private final byte kind;
        private final byte[] name;
        private final byte[] content;
        private final EncodedStateWriter below;

        private Entry(byte kind, byte[] name, byte[] content, EncodedStateWriter below) {
            this.kind = kind;
            this.name = name;
            this.content = content;
            this.below = below;
        }
    }
}
