package org.kemari.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Much data over one TCP connection between host and guest, each way: through the peer's user networking, and through
 * our virtual network with a kernel's vxlan device at its end.
 */
final class TransferBenchmark implements Benchmark {
    /** The client's questions, and what they are called. */
    private static final Map<String, String> WAYS = new LinkedHashMap<>();

    static {
        WAYS.put("take", "host to guest");
        WAYS.put("give", "guest to host");
    }

    private static final int WARM_UP_MEBIBYTES = 64;
    private static final int MEBIBYTES = 192;

    @Override
    public String name() {
        return "transfer";
    }

    @Override
    public String about() {
        return "much data over TCP between host and Linux guest, each way, against the peer (needs root)";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        if (bench.qemu().isEmpty() || !GuestNetwork.available(bench)) {
            return List.of();
        }
        bench.kemari(List.of("guest", "fetch", "linux")).mustSucceed("guest fetch");
        Map<String, List<Double>> ours = new LinkedHashMap<>();
        Map<String, List<Double>> theirs = new LinkedHashMap<>();
        for (int i = 0; i < bench.runs; i++) {
            try (PeerServer server = PeerServer.start(bench, GuestProgram.SERVE_PORT, GuestProgram.SERVE)) {
                measure(server, theirs);
            }
            try (OurServer server = OurServer.start(bench, GuestProgram.SERVE_PORT, GuestProgram.SERVE, false)) {
                measure(server, ours);
            }
            for (String way : WAYS.keySet()) {
                bench.say(String.format(
                        Locale.ROOT,
                        "  run %d, %s: %.1f MB/s, the peer %.1f MB/s",
                        i + 1,
                        WAYS.get(way),
                        ours.get(way).get(i),
                        theirs.get(way).get(i)));
            }
        }
        return WAYS.keySet().stream()
                .map(way -> figure(WAYS.get(way), ours.get(way), theirs.get(way)))
                .toList();
    }

    private static void measure(ServerGuest server, Map<String, List<Double>> speeds)
            throws IOException, InterruptedException {
        LiveProcess client = server.client();
        for (String way : WAYS.keySet()) {
            ServerGuest.ask(client, way + " " + WARM_UP_MEBIBYTES);
            speeds.computeIfAbsent(way, key -> new ArrayList<>()).add(ServerGuest.ask(client, way + " " + MEBIBYTES));
        }
    }

    private static Figure figure(String way, List<Double> ours, List<Double> theirs) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i) / theirs.get(i));
        }
        return Figure.withoutTarget(
                "TCP, " + way + ", speed ÷ QEMU TCG",
                Sample.of(ratios),
                true,
                String.format(
                        Locale.ROOT,
                        "%.1f MB/s, QEMU TCG %.1f MB/s",
                        Sample.of(ours).median(),
                        Sample.of(theirs).median()));
    }
}
