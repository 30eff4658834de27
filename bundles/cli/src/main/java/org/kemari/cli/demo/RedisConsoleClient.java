package org.kemari.cli.demo;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.cli.demo.LineConsole.Line;

/**
 * A client in a Linux guest: a shell on its console, in which one {@code nc} holds one TCP connection and Redis' inline
 * commands are typed (Redis protocol specification, "Inline commands"). {@code redis-cli} would not do: it opens another
 * connection by itself when the first breaks, and a reset could go unseen.
 */
final class RedisConsoleClient implements CounterClient {
    private static final long SHELL_MILLIS = 60_000;
    private static final long BENCHMARK_MILLIS = 180_000;
    /** Far beyond TCP's retransmissions after a failover; a guest that is silent for so long is dead. */
    private static final long ANSWER_MILLIS = 30_000;

    private static final int BENCHMARK_CLIENTS = 10;
    static final int PORT = 6379;
    /** Redis' answers (RESP): an integer, a text's content after its length, no such key. */
    private static final Pattern INTEGER = Pattern.compile(":(-?[0-9]{1,18})");

    private static final Pattern VALUE = Pattern.compile("[0-9]{1,18}");
    private static final String NO_SUCH_KEY = "$-1";
    private static final Pattern BENCHMARK = Pattern.compile("\"INCR[^\"]*\",\"([0-9.]+)\".*");
    /** What the shell says when the connection has ended; whatever ended it. */
    private static final String BROKEN = "CONNECTION-BROKEN";

    private static final Pattern CONNECTIONS = Pattern.compile("total_connections_received:([0-9]+)");

    private final ChildProcess child;
    private final String server;
    private final int benchmarkRequests;
    private long broken;
    private long connectionsAtFirst;
    private int marks;

    RedisConsoleClient(ChildProcess child, String server, int benchmarkRequests)
            throws DemoException, InterruptedException {
        this.child = child;
        this.server = server;
        this.benchmarkRequests = benchmarkRequests;
        child.console().send("stty -echo; PS1=; PS2=");
        shell("true");
    }

    /** Runs a command in the shell, giving the last line that is {@code wanted}, or the closing mark. */
    private String shell(String command) throws DemoException, InterruptedException {
        return shell(command, text -> false, SHELL_MILLIS);
    }

    private String shell(String command, Predicate<String> wanted, long limitMillis)
            throws DemoException, InterruptedException {
        String mark = "MARK-" + ++marks;
        // The quotes keep an echo of the command, should there be one, from looking like the mark.
        child.console().send(command + "; echo \"\"MARK\"\"-" + marks);
        String[] found = {""};
        child.await("the client's shell", limitMillis, line -> {
            if (wanted.test(line.text())) {
                found[0] = line.text();
            }
            return line.text().endsWith(mark);
        });
        return found[0];
    }

    @Override
    public double requestsPerSecond() throws DemoException, InterruptedException {
        String command = String.format(
                Locale.ROOT,
                "redis-benchmark -h %s -c %d -n %d -t incr --csv",
                server,
                BENCHMARK_CLIENTS,
                benchmarkRequests);
        String line = shell(command, text -> BENCHMARK.matcher(text).matches(), BENCHMARK_MILLIS);
        Matcher matcher = BENCHMARK.matcher(line);
        if (!matcher.matches()) {
            throw new DemoException(
                    "redis-benchmark in the client gave no figure: Redis does not answer; see the consoles' logs");
        }
        return Double.parseDouble(matcher.group(1));
    }

    @Override
    public void connect() throws DemoException, InterruptedException {
        // The quotes keep an echo of the command from looking like its output.
        child.console().send("nc " + server + " " + PORT + "; echo \"\"CONNECTION\"\"-BROKEN");
        child.console().send("PING");
        ask("the client's connection", line -> line.text().endsWith("+PONG"));
        connectionsAtFirst = connections();
    }

    @Override
    public Answer increment(String key) throws DemoException, InterruptedException {
        child.console().send("INCR " + key);
        Line line =
                ask("an answer to INCR", each -> INTEGER.matcher(each.text()).matches());
        return new Answer(Long.parseLong(line.text().substring(1)), line.nanos());
    }

    @Override
    public long value(String key) throws DemoException, InterruptedException {
        child.console().send("GET " + key);
        Line line = ask(
                "an answer to GET",
                each -> each.text().equals(NO_SUCH_KEY)
                        || VALUE.matcher(each.text()).matches());
        return line.text().equals(NO_SUCH_KEY) ? 0 : Long.parseLong(line.text());
    }

    /** Waits for a line of the connection, which may break meanwhile. */
    private Line ask(String what, Predicate<Line> wanted) throws DemoException, InterruptedException {
        Line line = child.await(what, ANSWER_MILLIS, each -> each.text().endsWith(BROKEN) || wanted.test(each));
        if (line.text().endsWith(BROKEN)) {
            broken++;
            throw new DemoException("the client's connection broke while it waited for " + what);
        }
        return line;
    }

    @Override
    public long resets() throws DemoException, InterruptedException {
        return broken + Math.max(0, connections() - connectionsAtFirst);
    }

    /** Connections that the server ever took. INFO ends with empty lines, so what follows is awaited, too. */
    private long connections() throws DemoException, InterruptedException {
        String mark = "mark-" + ++marks;
        child.console().send("INFO stats");
        child.console().send("ECHO " + mark);
        long[] count = {-1};
        ask("the server's counters", line -> {
            Matcher matcher = CONNECTIONS.matcher(line.text());
            if (matcher.find()) {
                count[0] = Long.parseLong(matcher.group(1));
            }
            return line.text().endsWith(mark);
        });
        if (count[0] < 0) {
            throw new DemoException("the server's INFO has no total_connections_received");
        }
        return count[0];
    }
}
