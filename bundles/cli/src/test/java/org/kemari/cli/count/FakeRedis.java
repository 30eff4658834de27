package org.kemari.cli.count;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes inline INCR and GET over TCP; closes a connection after {@code limit} answers. Cuts its answers in two. */
final class FakeRedis implements Closeable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Map<String, Long> values = new ConcurrentHashMap<>();
    private final int limit;
    final AtomicInteger connections = new AtomicInteger();

    FakeRedis(int limit) throws IOException {
        this.limit = limit;
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "fake-redis");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                start(() -> serve(socket));
            }
        } catch (SocketException e) {
            // Closed: the end of the test.
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < limit; i++) {
                String line = in.readLine();
                if (line == null) {
                    return;
                }
                byte[] answer = answer(line.split(" ")).getBytes(StandardCharsets.US_ASCII);
                out.write(answer, 0, 1);
                out.flush();
                out.write(answer, 1, answer.length - 1);
                out.flush();
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private String answer(String[] words) {
        if (words[0].equals("INCR")) {
            return ":" + values.merge(words[1], 1L, Long::sum) + "\r\n";
        }
        Long value = values.get(words[1]);
        return value == null ? "$-1\r\n" : "$" + value.toString().length() + "\r\n" + value + "\r\n";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
