package org.kemari.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Redis in the Linux guest, asked from the host by ten connections and by one of the same client program: through the
 * peer's user networking, and through our virtual network with a kernel's vxlan device at its end, which needs root.
 * Each guest has a disk, to which Redis writes before it answers. The protected guest is the unprotected one a moment
 * later, with its backup on the same host; the speed without protection is that before and after it.
 */
final class RedisBenchmark implements Benchmark {
    private static final double LIMIT = 0.7;
    private static final double PROTECTED_LIMIT = 0.7;
    private static final List<Integer> CONNECTIONS = List.of(10, 1);
    private static final int SECONDS = 8;
    /**
     * Before anything is measured, of both guests, and once more when protection has begun: HotSpot has to compile what
     * a request needs, and then what its protection needs.
     */
    private static final int WARM_UP_SECONDS = 15;

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String about() {
        return "Redis from the host, 10 connections and 1: unprotected, protected, and against the peer (needs root)";
    }

    /** Requests per second of one run. */
    private record Rates(double before, double guarded, double after, Optional<Double> peer) {
        double unguarded() {
            return (before + after) / 2;
        }

        /** Protected ÷ unprotected. */
        double kept() {
            return guarded / unguarded();
        }
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (!GuestNetwork.available(bench)) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        Map<Integer, List<Rates>> rates = new LinkedHashMap<>();
        for (int i = 0; i < bench.runs; i++) {
            Map<Integer, Double> peers = bench.qemu().isPresent() ? theirs(bench) : Map.of();
            for (Map.Entry<Integer, Rates> each : ours(bench, peers).entrySet()) {
                rates.computeIfAbsent(each.getKey(), connections -> new ArrayList<>())
                        .add(each.getValue());
                bench.say("  run " + (i + 1) + ", " + clients(each.getKey()) + ": " + each.getValue());
            }
        }
        List<Figure> figures = new ArrayList<>();
        rates.forEach((connections, runs) -> figures.addAll(figures(connections, runs)));
        return figures;
    }

    private static List<Figure> figures(int connections, List<Rates> runs) {
        String note = String.format(
                Locale.ROOT,
                "%.0f/s, protected %.0f/s",
                Sample.of(runs.stream().map(Rates::unguarded).toList()).median(),
                Sample.of(runs.stream().map(Rates::guarded).toList()).median());
        String name = "Redis from the host, " + clients(connections) + ", ";
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.ofRatio(
                name + "protected ÷ unprotected",
                Sample.of(runs.stream().map(Rates::kept).toList()),
                PROTECTED_LIMIT,
                true,
                note));
        List<Double> ratios = runs.stream()
                .flatMap(run -> run.peer().map(peer -> run.unguarded() / peer).stream())
                .toList();
        if (!ratios.isEmpty()) {
            figures.add(Figure.ofRatio(name + "requests/s ÷ QEMU TCG", Sample.of(ratios), LIMIT, true, note));
        }
        return figures;
    }

    private static String clients(int connections) {
        return connections == 1 ? "1 connection" : connections + " connections";
    }

    private static Map<Integer, Rates> ours(Bench bench, Map<Integer, Double> peers)
            throws IOException, InterruptedException {
        try (OurServer server = OurServer.start(bench, GuestProgram.REDIS_PORT, GuestProgram.REDIS, true)) {
            LiveProcess client = server.client();
            warmUp(client);
            Map<Integer, Double> before = requestsPerSecond(client);
            server.protect();
            warmUp(client);
            Map<Integer, Double> guarded = requestsPerSecond(client);
            server.unprotect();
            Map<Integer, Double> after = requestsPerSecond(client);
            Map<Integer, Rates> rates = new LinkedHashMap<>();
            for (int connections : CONNECTIONS) {
                rates.put(
                        connections,
                        new Rates(
                                before.get(connections),
                                guarded.get(connections),
                                after.get(connections),
                                Optional.ofNullable(peers.get(connections))));
            }
            return rates;
        }
    }

    private static Map<Integer, Double> theirs(Bench bench) throws IOException, InterruptedException {
        try (PeerServer server = PeerServer.start(bench, GuestProgram.REDIS_PORT, GuestProgram.REDIS)) {
            LiveProcess client = server.client();
            warmUp(client);
            return requestsPerSecond(client);
        }
    }

    private static void warmUp(LiveProcess client) throws IOException, InterruptedException {
        ServerGuest.ask(client, "redis 10 " + WARM_UP_SECONDS);
    }

    private static Map<Integer, Double> requestsPerSecond(LiveProcess client) throws IOException, InterruptedException {
        Map<Integer, Double> rates = new LinkedHashMap<>();
        for (int connections : CONNECTIONS) {
            rates.put(connections, ServerGuest.ask(client, "redis " + connections + " " + SECONDS));
        }
        return rates;
    }
}
