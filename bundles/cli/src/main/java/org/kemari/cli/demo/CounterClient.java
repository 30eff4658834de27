package org.kemari.cli.demo;

/** A client of the guest's counter service, over one connection. */
interface CounterClient {
    /** Increments a key; waits for the answer. */
    Answer increment(String key) throws DemoException, InterruptedException;

    /** What the guest says a key's value is; 0 if it does not know the key. */
    long value(String key) throws DemoException, InterruptedException;

    /** Requests per second at this moment, measured beside the connection where the guest has the means. */
    double requestsPerSecond() throws DemoException, InterruptedException;

    /** Opens the one connection. */
    void connect() throws DemoException, InterruptedException;

    /** How often the connection broke or was opened again since {@link #connect}. */
    long resets() throws DemoException, InterruptedException;

    /** An answer and when it was read, by {@link System#nanoTime}. */
    record Answer(long value, long nanos) {}
}
