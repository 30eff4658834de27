package org.kemari.cli.count;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One TCP connection with Redis' inline commands and the two kinds of answer that counting needs (Redis serialization
 * protocol specification, "Integers" and "Bulk strings"):
 *
 *     INCR k\r\n  →  :7\r\n          GET k\r\n  →  $1\r\n7\r\n  or  $-1\r\n
 *
 * A client library would not do: it opens another connection by itself when the first breaks.
 */
final class RedisConnection implements CounterConnection {
    /** Far beyond TCP's retransmissions after a failover; a guest that is silent for so long is dead. */
    private static final int ANSWER_MILLIS = 30_000;
    /** An integer or a length, with room to spare; what is longer is no answer to our commands. */
    private static final int MAX_LINE_BYTES = 256;

    private static final String NO_SUCH_KEY = "$-1";

    private final Socket socket;
    private final InputStream in;

    private RedisConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static RedisConnection open(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(server, ANSWER_MILLIS);
            return new RedisConnection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public long increment(String key) throws IOException {
        String answer = ask("INCR " + key);
        if (!answer.matches(":-?[0-9]{1,18}")) {
            throw new IOException("'" + answer + "' is no answer to INCR");
        }
        return Long.parseLong(answer.substring(1));
    }

    @Override
    public long value(String key) throws IOException {
        String length = ask("GET " + key);
        if (length.equals(NO_SUCH_KEY)) {
            return 0;
        }
        String value = length.startsWith("$") ? line() : length;
        if (!value.matches("-?[0-9]{1,18}")) {
            throw new IOException("'" + value + "' is no answer to GET");
        }
        return Long.parseLong(value);
    }

    private String ask(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return line();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (line.length() == MAX_LINE_BYTES) {
                throw new IOException("a line of more than " + MAX_LINE_BYTES + " bytes is no answer: " + line);
            }
            line.append((char) next);
        }
        int end = line.length() - 1;
        if (end < 0 || line.charAt(end) != '\r') {
            throw new IOException("'" + line + "' does not end in CR LF");
        }
        return line.substring(0, end);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
