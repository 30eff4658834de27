package org.kemari.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A client of a guest, in a process of its own so that it can be in a network namespace: {@code HOST PORT}, then one
 * question a line, each answered by one number.
 *
 *     redis CONNECTIONS SECONDS    INCRs per second, each connection with one on its way
 *     echo TIMES PAUSE_MILLIS      median time of a byte there and back, in microseconds, after each pause
 *     take MEBIBYTES               MB/s to the guest
 *     give MEBIBYTES               MB/s from it
 */
final class NetworkClient {
    private static final int LIMIT_MILLIS = 120_000;
    private static final int CHUNK_BYTES = 256 << 10;

    private final InetSocketAddress server;

    private NetworkClient(InetSocketAddress server) {
        this.server = server;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        NetworkClient client = new NetworkClient(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(String.format(Locale.ROOT, "%.3f", client.answer(line.split(" "))));
            System.out.flush();
        }
    }

    private double answer(String[] words) throws IOException, InterruptedException {
        int first = Integer.parseInt(words[1]);
        return switch (words[0]) {
            case "redis" -> requestsPerSecond(first, Integer.parseInt(words[2]));
            case "echo" -> roundTripMicros(first, Integer.parseInt(words[2]));
            case "take" -> megabytesPerSecondTo(first);
            case "give" -> megabytesPerSecondFrom(first);
            default -> throw new IllegalArgumentException(words[0] + " is no question");
        };
    }

    private Socket open() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.connect(server, LIMIT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private double requestsPerSecond(int connections, int seconds) throws IOException, InterruptedException {
        ExecutorService clients = Executors.newFixedThreadPool(connections);
        try {
            long start = System.nanoTime();
            long end = start + TimeUnit.SECONDS.toNanos(seconds);
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                running.add(clients.submit(() -> incrementUntil(end)));
            }
            long requests = 0;
            for (Future<Long> each : running) {
                requests += each.get();
            }
            return requests * 1e9 / (System.nanoTime() - start);
        } catch (ExecutionException e) {
            throw new IOException("a connection failed: " + e.getCause().getMessage(), e.getCause());
        } finally {
            clients.shutdownNow();
        }
    }

    /** Returns how many INCRs were answered. */
    private long incrementUntil(long endNanos) throws IOException {
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[64];
            long answered = 0;
            while (System.nanoTime() - endNanos < 0) {
                out.write("INCR scratch\r\n".getBytes(StandardCharsets.US_ASCII));
                int length = 0;
                while (length < 2 || answer[length - 1] != '\n') {
                    length += some(in.read(answer, length, answer.length - length));
                }
                if (answer[0] != ':') {
                    throw new IOException(
                            "no answer to INCR: " + new String(answer, 0, length, StandardCharsets.UTF_8));
                }
                answered++;
            }
            return answered;
        }
    }

    private static int some(int read) throws EOFException {
        if (read <= 0) {
            throw new EOFException("the guest closed the connection");
        }
        return read;
    }

    private double roundTripMicros(int times, int pauseMillis) throws IOException, InterruptedException {
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            out.write('e');
            double[] micros = new double[times];
            for (int i = 0; i < times; i++) {
                // The guest is to have nothing to do when the byte comes; that is what is measured.
                TimeUnit.MILLISECONDS.sleep(pauseMillis);
                long start = System.nanoTime();
                out.write(i);
                if (in.read() != (i & 0xff)) {
                    throw new IOException("another byte came back, or none");
                }
                micros[i] = (System.nanoTime() - start) / 1e3;
            }
            return new Sample(micros).median();
        }
    }

    private double megabytesPerSecondTo(int mebibytes) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            long start = System.nanoTime();
            out.write(new byte[] {'t', (byte) mebibytes});
            for (long left = (long) mebibytes << 20; left > 0; left -= CHUNK_BYTES) {
                out.write(chunk);
            }
            if (socket.getInputStream().read() != 't') {
                throw new EOFException("the guest did not take all");
            }
            return megabytesPerSecond(mebibytes, start);
        }
    }

    private double megabytesPerSecondFrom(int mebibytes) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (Socket socket = open()) {
            InputStream in = socket.getInputStream();
            long start = System.nanoTime();
            socket.getOutputStream().write(new byte[] {'g', (byte) mebibytes});
            for (long left = (long) mebibytes << 20; left > 0; ) {
                left -= some(in.read(chunk));
            }
            return megabytesPerSecond(mebibytes, start);
        }
    }

    private static double megabytesPerSecond(int mebibytes, long startNanos) {
        return mebibytes * (double) (1 << 20) * 1e3 / (System.nanoTime() - startNanos);
    }
}
