package org.kemari.cli.count;

import java.io.Closeable;
import java.io.IOException;

/** One connection to the guest's counter service. It never opens another one by itself: a reset must be seen. */
interface CounterConnection extends Closeable {
    /** Increments a key; waits for its new value. */
    long increment(String key) throws IOException;

    /** A key's value; 0 if the guest does not know the key. */
    long value(String key) throws IOException;
}
