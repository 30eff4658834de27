package org.kemari.emulator.state;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;

/** Saved state, read whole and checked before the first value is given out. */
public final class EncodedStateReader implements StateReader {
    private final String path;
    private final int version;
    private final Map<String, Value> values = new HashMap<>();

    private EncodedStateReader(String path, int version) {
        this.path = path;
        this.version = version;
    }

    /**
     * Reads encoded state.
     *
     * @throws StateFormatException if a byte is missing, changed or too many
     */
    public static EncodedStateReader decode(byte[] encoded) throws StateFormatException {
        if (encoded.length < StateFormat.HEADER_BYTES + 8 + StateFormat.TRAILER_BYTES) {
            throw new StateFormatException("saved state of " + encoded.length + " bytes is cut short");
        }
        ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        if (magic != StateFormat.MAGIC) {
            throw new StateFormatException("saved state begins with 0x" + Integer.toHexString(magic) + ", not 0x"
                    + Integer.toHexString(StateFormat.MAGIC));
        }
        int format = in.getShort() & 0xffff;
        if (format != StateFormat.FORMAT) {
            throw new StateFormatException(
                    "saved state has format " + format + "; this version reads " + StateFormat.FORMAT);
        }
        int length = in.getInt();
        if (length != encoded.length) {
            throw new StateFormatException("saved state says " + length + " bytes, there are " + encoded.length);
        }
        CRC32C crc = new CRC32C();
        crc.update(encoded, 0, length - StateFormat.TRAILER_BYTES);
        int expected = in.getInt(length - StateFormat.TRAILER_BYTES);
        if ((int) crc.getValue() != expected) {
            throw new StateFormatException("saved state is damaged: its checksum does not match");
        }
        in.limit(length - StateFormat.TRAILER_BYTES);
        try {
            EncodedStateReader root = readSection(in, "", 0);
            if (in.hasRemaining()) {
                throw new StateFormatException("saved state has " + in.remaining() + " bytes too many");
            }
            return root;
        } catch (BufferUnderflowException e) {
            throw new StateFormatException("saved state ends within a value", e);
        }
    }

    private static EncodedStateReader readSection(ByteBuffer in, String path, int depth) throws StateFormatException {
        if (depth > StateFormat.MAX_DEPTH) {
            throw new StateFormatException("saved state is nested deeper than " + StateFormat.MAX_DEPTH);
        }
        EncodedStateReader section = new EncodedStateReader(path, in.getInt());
        int count = in.getInt();
        for (int i = 0; i < count; i++) {
            byte kind = in.get();
            String name = new String(take(in, in.getShort() & 0xffff), StandardCharsets.UTF_8);
            Value value = new Value(kind, readContent(in, kind, path + "/" + name, depth));
            if (section.values.put(name, value) != null) {
                throw new StateFormatException("saved state holds " + path + "/" + name + " twice");
            }
        }
        return section;
    }

    private static Object readContent(ByteBuffer in, byte kind, String path, int depth) throws StateFormatException {
        switch (kind) {
            case StateFormat.LONG:
                return in.getLong();
            case StateFormat.INT:
                return in.getInt();
            case StateFormat.BOOLEAN:
                return in.get() != 0;
            case StateFormat.STRING:
                return new String(take(in, in.getInt()), StandardCharsets.UTF_8);
            case StateFormat.BYTES:
                return take(in, in.getInt());
            case StateFormat.LONGS:
                int count = in.getInt();
                if (count < 0 || count > in.remaining() / 8) {
                    throw new StateFormatException("saved state: " + path + " has an impossible length of " + count);
                }
                long[] longs = new long[count];
                for (int i = 0; i < count; i++) {
                    longs[i] = in.getLong();
                }
                return longs;
            case StateFormat.SECTION:
                return readSection(in, path, depth + 1);
            default:
                throw new StateFormatException("saved state: " + path + " is of unknown kind " + kind);
        }
    }

    private static byte[] take(ByteBuffer in, int length) throws StateFormatException {
        if (length < 0 || length > in.remaining()) {
            throw new StateFormatException("saved state has an impossible length of " + length);
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public boolean has(String name) {
        return values.containsKey(name);
    }

    @Override
    public StateReader section(String name) throws StateFormatException {
        return (StateReader) value(name, StateFormat.SECTION);
    }

    @Override
    public long getLong(String name) throws StateFormatException {
        return (Long) value(name, StateFormat.LONG);
    }

    @Override
    public int getInt(String name) throws StateFormatException {
        return (Integer) value(name, StateFormat.INT);
    }

    @Override
    public boolean getBoolean(String name) throws StateFormatException {
        return (Boolean) value(name, StateFormat.BOOLEAN);
    }

    @Override
    public String getString(String name) throws StateFormatException {
        return (String) value(name, StateFormat.STRING);
    }

    @Override
    public byte[] getBytes(String name) throws StateFormatException {
        return ((byte[]) value(name, StateFormat.BYTES)).clone();
    }

    @Override
    public long[] getLongs(String name) throws StateFormatException {
        return ((long[]) value(name, StateFormat.LONGS)).clone();
    }

    private Object value(String name, byte kind) throws StateFormatException {
        Value value = values.get(name);
        if (value == null) {
            throw new StateFormatException("saved state lacks " + path + "/" + name);
        }
        if (value.kind != kind) {
            throw new StateFormatException("saved state: " + path + "/" + name + " is "
                    + StateFormat.kindName(value.kind) + ", not " + StateFormat.kindName(kind));
        }
        return value.content;
    }

    private static final class Value {
        private final byte kind;
        private final Object content;

        private Value(byte kind, Object content) {
            this.kind = kind;
            this.content = content;
        }
    }
}
