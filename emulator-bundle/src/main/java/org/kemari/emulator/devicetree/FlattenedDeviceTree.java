package org.kemari.emulator.devicetree;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a device tree blob (Devicetree Specification 0.4 chapter 5): header, an empty memory reservation block, the
 * structure block and the strings block, all big-endian.
 */
final class FlattenedDeviceTree {
    private static final int MAGIC = 0xd00dfeed;
    private static final int VERSION = 17;
    private static final int COMPATIBLE_VERSION = 16;
    private static final int HEADER_BYTES = 40;
    private static final int RESERVATION_BYTES = 16;
    private static final int BEGIN_NODE = 1;
    private static final int END_NODE = 2;
    private static final int PROP = 3;
    private static final int END = 9;

    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> stringOffsets = new LinkedHashMap<>();
    private int depth;

    FlattenedDeviceTree begin(String name) {
        cell(BEGIN_NODE);
        padded(zeroEnded(name));
        depth++;
        return this;
    }

    FlattenedDeviceTree end() {
        cell(END_NODE);
        depth--;
        return this;
    }

    FlattenedDeviceTree flag(String name) {
        return bytes(name, new byte[0]);
    }

    FlattenedDeviceTree cells(String name, long... values) {
        ByteBuffer content = ByteBuffer.allocate(4 * values.length);
        for (long value : values) {
            content.putInt((int) value);
        }
        return bytes(name, content.array());
    }

    /** Pairs of 64-bit numbers, as {@code reg} has them with two address and two size cells. */
    FlattenedDeviceTree wide(String name, long... values) {
        ByteBuffer content = ByteBuffer.allocate(8 * values.length);
        for (long value : values) {
            content.putLong(value);
        }
        return bytes(name, content.array());
    }

    FlattenedDeviceTree text(String name, String... values) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (String value : values) {
            content.writeBytes(zeroEnded(value));
        }
        return bytes(name, content.toByteArray());
    }

    private FlattenedDeviceTree bytes(String name, byte[] content) {
        cell(PROP);
        cell(content.length);
        cell(stringOffsets.computeIfAbsent(name, this::addString));
        padded(content);
        return this;
    }

    byte[] blob() {
        if (depth != 0) {
            throw new IllegalStateException("device tree: " + depth + " nodes are not ended");
        }
        cell(END);
        int structureOffset = HEADER_BYTES + RESERVATION_BYTES;
        int stringsOffset = structureOffset + structure.size();
        int total = stringsOffset + strings.size();
        ByteBuffer blob = ByteBuffer.allocate(total);
        blob.putInt(MAGIC).putInt(total).putInt(structureOffset).putInt(stringsOffset);
        blob.putInt(HEADER_BYTES).putInt(VERSION).putInt(COMPATIBLE_VERSION).putInt(0);
        blob.putInt(strings.size()).putInt(structure.size());
        blob.putLong(0).putLong(0);
        blob.put(structure.toByteArray()).put(strings.toByteArray());
        return blob.array();
    }

    private int addString(String name) {
        int offset = strings.size();
        strings.writeBytes(zeroEnded(name));
        return offset;
    }

    private void cell(int value) {
        structure.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
    }

    private void padded(byte[] content) {
        structure.writeBytes(content);
        while (structure.size() % 4 != 0) {
            structure.write(0);
        }
    }

    private static byte[] zeroEnded(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
