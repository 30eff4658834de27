package org.kemari.itests.failover;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP link on loopback that can be cut as a cable is: both ends stay connected, nothing arrives any more. Forwards each
 * connection to the far end on two threads.
 */
final class CuttableLink implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final InetSocketAddress farEnd;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile boolean endsHidden;

    CuttableLink(int farPort) throws IOException {
        farEnd = new InetSocketAddress(InetAddress.getLoopbackAddress(), farPort);
        thread("link-accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** From here on whatever either side sends is swallowed. */
    void cut() {
        cut = true;
    }

    /** From here on neither side learns that the other has ended its connection. */
    void hideEnds() {
        endsHidden = true;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                sockets.add(near);
                Socket far = new Socket();
                sockets.add(far);
                try {
                    far.connect(farEnd);
                } catch (IOException nobodyThere) {
                    near.close();
                    continue;
                }
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                thread("link-there", () -> forward(near, far));
                thread("link-back", () -> forward(far, near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] buffer = new byte[64 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (!cut) {
                    out.write(buffer, 0, count);
                }
            }
        } catch (IOException ended) {
            // One side has gone: so has the other.
        }
        if (!endsHidden) {
            end(from);
            end(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a connection of the link cannot be closed", e);
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
