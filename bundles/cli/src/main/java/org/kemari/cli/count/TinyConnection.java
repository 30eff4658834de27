package org.kemari.cli.count;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The tiny guest's counter service over UDP, little-endian (bundles/guests, tiny/service.c):
 *
 *     0       4        8          16    17    18      20     24       32
 *     | magic | client | sequence | op  | key | status | 0    | value  |
 *
 * One request is on its way at a time and is sent again until it is answered; the server counts each once.
 */
final class TinyConnection implements CounterConnection {
    private static final int MESSAGE_BYTES = 32;
    private static final int MAGIC = 0x594e544b; // "KTNY"
    private static final int INCR = 1;
    private static final int GET = 2;
    private static final int ANSWER = 0x80;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int OP_OFFSET = 16;
    private static final int VALUE_OFFSET = 24;

    private static final int RETRY_MILLIS = 50;
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final DatagramSocket socket;
    /** Not 0, and another one than any client's before, as the server remembers each client's last request. */
    private final int client = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);

    private long sequence;

    private TinyConnection(DatagramSocket socket) {
        this.socket = socket;
    }

    static TinyConnection open(InetSocketAddress server) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        try {
            socket.connect(server);
            socket.setSoTimeout(RETRY_MILLIS);
            return new TinyConnection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public long increment(String key) throws IOException {
        return ask(INCR, key);
    }

    @Override
    public long value(String key) throws IOException {
        return ask(GET, key);
    }

    private long ask(int op, String key) throws IOException {
        ByteBuffer request = message().putInt(MAGIC).putInt(client).putLong(++sequence);
        request.put((byte) op).put(Byte.parseByte(key.replaceFirst("^k", "")));
        long end = System.nanoTime() + ANSWER_NANOS;
        while (System.nanoTime() - end < 0) {
            socket.send(new DatagramPacket(request.array(), MESSAGE_BYTES));
            ByteBuffer answer = message();
            try {
                do {
                    DatagramPacket packet = new DatagramPacket(answer.array(), MESSAGE_BYTES);
                    socket.receive(packet);
                    if (packet.getLength() == MESSAGE_BYTES && answers(answer, op)) {
                        return answer.getLong(VALUE_OFFSET);
                    }
                } while (System.nanoTime() - end < 0);
            } catch (SocketTimeoutException e) {
                // Request or answer was lost, as datagrams may be: it is sent again.
            }
        }
        throw new IOException("no answer within " + TimeUnit.NANOSECONDS.toSeconds(ANSWER_NANOS) + " s");
    }

    /** True for the answer to the running request; a late copy of an earlier one is none. */
    private boolean answers(ByteBuffer message, int op) {
        return message.getInt(0) == MAGIC
                && message.getInt(Integer.BYTES) == client
                && message.getLong(SEQUENCE_OFFSET) == sequence
                && (message.get(OP_OFFSET) & 0xff) == (op | ANSWER);
    }

    private static ByteBuffer message() {
        return ByteBuffer.allocate(MESSAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        socket.close();
    }
}
