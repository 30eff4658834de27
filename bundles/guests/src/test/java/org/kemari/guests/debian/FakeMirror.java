package org.kemari.guests.debian;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A mirror on loopback that can break a connection in the middle of a file. */
final class FakeMirror implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Integer> breakOnceAfter = new ConcurrentHashMap<>();
    /** One line per request: path and range. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    FakeMirror() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/debian/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/debian";
    }

    void put(String path, byte[] content) {
        files.put(path, content);
    }

    /** The next request for the path brings so many bytes of what it asked for. */
    void breakOnce(String path, int afterBytes) {
        breakOnceAfter.put(path, afterBytes);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/debian/".length());
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(path + (range == null ? "" : " " + range));
        byte[] content = files.get(path);
        if (content == null) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        int start = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1"));
        byte[] rest = Arrays.copyOfRange(content, start, content.length);
        exchange.sendResponseHeaders(range == null ? 200 : 206, rest.length);
        Integer cut = breakOnceAfter.remove(path);
        exchange.getResponseBody().write(rest, 0, cut == null ? rest.length : cut);
        // With bytes missing, close() cuts the connection.
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
