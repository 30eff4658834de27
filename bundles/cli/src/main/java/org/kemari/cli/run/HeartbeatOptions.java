package org.kemari.cli.run;

import org.kemari.cli.options.InvalidOptionException;
import picocli.CommandLine.Option;

/** How soon a side gives the other up: the same for {@code run --protect} and {@code backup}. */
public final class HeartbeatOptions {
    private static final long DEFAULT_MILLIS = 50;
    private static final long DEFAULT_LIMIT_MILLIS = 250;
    /** What the protection's configuration takes. */
    private static final long MAX_MILLIS = 60_000;

    @Option(names = "--heartbeat", paramLabel = "MS", description = "Milliseconds between two signs of life (50).")
    Long interval;

    @Option(
            names = "--heartbeat-limit",
            paramLabel = "MS",
            description = {
                "Milliseconds of silence after which the other side is lost (250), at least two heartbeats.",
                "Longer than the longest pause of either host, or a living one is given up."
            })
    Long limit;

    boolean given() {
        return interval != null || limit != null;
    }

    long intervalMillis() {
        return interval == null ? DEFAULT_MILLIS : interval;
    }

    long limitMillis() {
        return limit == null ? DEFAULT_LIMIT_MILLIS : limit;
    }

    void check() throws InvalidOptionException {
        if (intervalMillis() < 1 || intervalMillis() > MAX_MILLIS / 2) {
            throw new InvalidOptionException(
                    "--heartbeat=" + intervalMillis() + " is out of range; use 1 to " + MAX_MILLIS / 2);
        }
        if (limitMillis() > MAX_MILLIS) {
            throw new InvalidOptionException(
                    "--heartbeat-limit=" + limitMillis() + " is out of range; use at most " + MAX_MILLIS);
        }
        if (limitMillis() < 2 * intervalMillis()) {
            throw new InvalidOptionException("--heartbeat-limit=" + limitMillis() + " is less than two heartbeats of "
                    + intervalMillis() + " ms; use " + 2 * intervalMillis() + " or more");
        }
    }
}
