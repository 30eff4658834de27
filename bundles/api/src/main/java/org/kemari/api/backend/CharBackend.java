package org.kemari.api.backend;

/** A character stream. */
public interface CharBackend extends AutoCloseable {
    /** Writes in order; never blocks. Where nobody listens the bytes are dropped, as on an unplugged line. */
    void write(byte[] bytes);

    /** Writes what was given, as far as the other end takes it, then closes. */
    @Override
    void close();
}
