package org.kemari.api.state;

/** Gives back what a {@link StateWriter} took. Every getter throws if the name is missing or of another kind. */
public interface StateReader {
    /** The version that the section was written with. */
    int version();

    boolean has(String name);

    StateReader section(String name) throws StateFormatException;

    long getLong(String name) throws StateFormatException;

    int getInt(String name) throws StateFormatException;

    boolean getBoolean(String name) throws StateFormatException;

    String getString(String name) throws StateFormatException;

    byte[] getBytes(String name) throws StateFormatException;

    long[] getLongs(String name) throws StateFormatException;
}
