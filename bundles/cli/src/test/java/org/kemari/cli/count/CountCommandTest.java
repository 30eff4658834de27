package org.kemari.cli.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.cli.ExitStatus;

@Timeout(60)
class CountCommandTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private int serve(CounterProtocol protocol, InetSocketAddress server, String... lines) throws Exception {
        BufferedReader in = new BufferedReader(new StringReader(String.join("\n", lines)));
        return CountCommand.serve(protocol, server, 25, in, new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private List<String> said() {
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void redisCountsOverOneConnection() throws Exception {
        try (FakeRedis redis = new FakeRedis(Integer.MAX_VALUE)) {
            int status = serve(
                    CounterProtocol.REDIS, redis.address(), "CONNECT", "INCR a", "INCR a", "INCR b", "GET a", "GET c");
            assertEquals(ExitStatus.OK, status);
            assertEquals(List.of("CLIENT-READY", "CONNECTED", "1", "2", "1", "2", "0"), said());
            assertEquals(1, redis.connections.get());
        }
    }

    @Test
    void connectionThatTheServerClosesIsToldAndNotOpenedAgain() throws Exception {
        try (FakeRedis redis = new FakeRedis(2)) {
            int status =
                    serve(CounterProtocol.REDIS, redis.address(), "CONNECT", "INCR a", "INCR a", "INCR a", "GET a");
            assertEquals(ExitStatus.FAILED, status);
            assertEquals(List.of("CLIENT-READY", "CONNECTED", "1", "2"), said().subList(0, 4));
            assertTrue(said().get(4).startsWith("CONNECTION-BROKEN "), said()::toString);
            assertEquals(5, said().size());
            assertEquals(1, redis.connections.get());
        }
    }

    @Test
    void speedIsMeasuredBesideTheConnectionWithAllRequests() throws Exception {
        try (FakeRedis redis = new FakeRedis(Integer.MAX_VALUE)) {
            assertEquals(
                    ExitStatus.OK, serve(CounterProtocol.REDIS, redis.address(), "CONNECT", "MEASURE", "GET counter"));
            assertTrue(Double.parseDouble(said().get(2)) > 0);
            assertEquals("25", said().get(3), "each request was made once");
            assertEquals(11, redis.connections.get());
        }
    }

    @Test
    void tinyRequestIsSentAgainUntilItIsAnsweredAndLateAnswersAreIgnored() throws Exception {
        try (FakeTiny tiny = new FakeTiny()) {
            int status =
                    serve(CounterProtocol.TINY, tiny.address(), "CONNECT", "INCR k3", "INCR k3", "GET k3", "GET 4");
            assertEquals(ExitStatus.OK, status);
            assertEquals(List.of("CLIENT-READY", "CONNECTED", "1", "2", "2", "0"), said());
            assertTrue(tiny.requests.get() > 4, "some were sent again");
        }
    }

    @Test
    void lineThatIsNoRequestIsRefusedAndHarmsNothing() throws Exception {
        try (FakeRedis redis = new FakeRedis(Integer.MAX_VALUE)) {
            serve(CounterProtocol.REDIS, redis.address(), "INCR a", "CONNECT", "CONNECT", "INCR", "", "INCR a");
            assertEquals(
                    4, said().stream().filter(line -> line.startsWith("ERR ")).count());
            assertEquals("1", said().get(said().size() - 1));
        }
    }
}
