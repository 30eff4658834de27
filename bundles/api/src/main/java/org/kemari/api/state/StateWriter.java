package org.kemari.api.state;

/**
 * Takes the state of one part of a machine. Names are unique within a section; the order of calls does not matter to
 * the reader. Arrays are copied before the call returns.
 */
public interface StateWriter {
    /** Opens the section {@code name} below this one; {@code version} says how its values are to be read. */
    StateWriter section(String name, int version);

    void putLong(String name, long value);

    void putInt(String name, int value);

    void putBoolean(String name, boolean value);

    void putString(String name, String value);

    void putBytes(String name, byte[] value);

    void putLongs(String name, long[] values);
}
