package org.kemari.cli.count;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The tiny guest's service on a bad network: it does not hear every second request, and sends the answer before the last
 * once more ahead of each.
 */
final class FakeTiny implements Closeable {
    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Map<Byte, Long> values = new HashMap<>();
    private long lastSequence;
    private byte[] lastAnswer = new byte[32];
    final AtomicInteger requests = new AtomicInteger();

    FakeTiny() throws SocketException {
        Thread thread = new Thread(this::serve, "fake-tiny");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void serve() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[32], 32);
                socket.receive(packet);
                if (requests.getAndIncrement() % 2 == 1) {
                    socket.send(new DatagramPacket(lastAnswer, 32, packet.getSocketAddress()));
                    lastAnswer = answer(packet.getData());
                    socket.send(new DatagramPacket(lastAnswer, 32, packet.getSocketAddress()));
                }
            }
        } catch (SocketException e) {
            // Closed: the end of the test.
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] answer(byte[] request) {
        ByteBuffer message = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
        byte key = message.get(17);
        if (message.get(16) == 1 && message.getLong(8) != lastSequence) {
            values.merge(key, 1L, Long::sum);
        }
        lastSequence = message.getLong(8);
        message.put(16, (byte) (message.get(16) | 0x80)).putLong(24, values.getOrDefault(key, 0L));
        return request;
    }

    @Override
    public void close() {
        socket.close();
    }
}
