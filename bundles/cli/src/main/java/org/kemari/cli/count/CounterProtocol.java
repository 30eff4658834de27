package org.kemari.cli.count;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;

/** How a guest's counter service is spoken to. */
enum CounterProtocol {
    /** Linux with Redis. */
    REDIS("counter", 10) {
        @Override
        CounterConnection open(InetSocketAddress server) throws IOException {
            return RedisConnection.open(server);
        }
    },
    /** Our bare-metal guest. */
    TINY("k15", 1) {
        @Override
        CounterConnection open(InetSocketAddress server) throws IOException {
            return TinyConnection.open(server);
        }
    };

    /** Incremented to measure speed, and not counted. */
    final String scratchKey;

    /** As many as the client guest's own means of measuring uses, so that figures can be compared. */
    final int measuringConnections;

    CounterProtocol(String scratchKey, int measuringConnections) {
        this.scratchKey = scratchKey;
        this.measuringConnections = measuringConnections;
    }

    abstract CounterConnection open(InetSocketAddress server) throws IOException;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<CounterProtocol> of(String word) {
        for (CounterProtocol each : values()) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
