package org.kemari.itests.guest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A person at a console that ends in a TCP port. One thread. */
public final class ConsoleClient implements AutoCloseable {
    private static final int RETRY_MILLIS = 50;

    private final Socket socket;

    private ConsoleClient(Socket socket) {
        this.socket = socket;
    }

    /** A port on loopback that was free a moment ago. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Connects as soon as there is someone to connect to. */
    public static ConsoleClient connect(int port, Duration limit) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return new ConsoleClient(socket);
            } catch (IOException e) {
                socket.close();
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new IOException("nobody listens at port " + port + " after " + limit.toSeconds() + " s", e);
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    public void type(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads until {@code expected} has come; gives all that came. */
    public String await(String expected, Duration limit) throws IOException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        StringBuilder text = new StringBuilder();
        while (text.indexOf(expected) < 0) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            int next = leftMillis <= 0 ? -1 : read((int) leftMillis);
            if (next < 0) {
                throw new AssertionError("the console said \"" + text + "\" and not \"" + expected + "\"");
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private int read(int limitMillis) throws IOException {
        socket.setSoTimeout(limitMillis);
        try {
            return socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
