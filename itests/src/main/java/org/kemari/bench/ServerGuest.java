package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Linux guest that runs and is asked over its network by {@link NetworkClient}. */
interface ServerGuest extends AutoCloseable {
    /** Linux boots in seconds; on a small machine with a build beside it in minutes. */
    Duration READY_LIMIT = Duration.ofMinutes(5);

    Duration ANSWER_LIMIT = Duration.ofMinutes(3);

    /** Whose console is the guest's. */
    LiveProcess process();

    /** A client of the guest's TCP port that {@code start} was told. */
    LiveProcess client() throws IOException;

    @Override
    void close() throws IOException;

    /** One question to a client. */
    static double ask(LiveProcess client, String question) throws IOException, InterruptedException {
        client.type(question);
        return Double.parseDouble(client.await("^([0-9]+\\.[0-9]+)$", ANSWER_LIMIT));
    }

    /** The client's program: small, and compiled by C1 alone, as it shares the processors with the guest. */
    static List<String> clientCommand(String host, int port) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NetworkClient.class.getName(),
                host,
                Integer.toString(port)));
    }
}
