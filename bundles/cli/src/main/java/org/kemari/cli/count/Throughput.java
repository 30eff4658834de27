package org.kemari.cli.count;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Requests per second over several connections of their own, each with one request on its way. */
final class Throughput {
    private Throughput() {}

    static double requestsPerSecond(CounterProtocol protocol, InetSocketAddress server, int requests)
            throws IOException, InterruptedException {
        int connections = Math.min(requests, protocol.measuringConnections);
        ExecutorService clients = Executors.newFixedThreadPool(connections);
        try {
            long start = System.nanoTime();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int share = requests / connections + (i < requests % connections ? 1 : 0);
                running.add(clients.submit(() -> {
                    increment(protocol, server, share);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
            return requests * 1e9 / (System.nanoTime() - start);
        } catch (ExecutionException e) {
            throw new IOException(
                    "a measuring connection failed: " + e.getCause().getMessage(), e.getCause());
        } finally {
            clients.shutdownNow();
        }
    }

    private static void increment(CounterProtocol protocol, InetSocketAddress server, int times) throws IOException {
        try (CounterConnection connection = protocol.open(server)) {
            for (int i = 0; i < times; i++) {
                connection.increment(protocol.scratchKey);
            }
        }
    }
}
