package org.kemari.cli.demo;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.cli.demo.LineConsole.Line;

/**
 * A client in a Linux guest: a shell on its console, in which one {@code redis-cli} holds one TCP connection. Its standard
 * input is a pipe, so that it neither edits lines nor prompts.
 */
final class RedisConsoleClient implements CounterClient {
    private static final long SHELL_MILLIS = 60_000;
    private static final long BENCHMARK_MILLIS = 180_000;
    /** Far beyond TCP's retransmissions after a failover; a guest that is silent for so long is dead. */
    private static final long ANSWER_MILLIS = 30_000;

    private static final int BENCHMARK_CLIENTS = 10;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern BENCHMARK = Pattern.compile("\"INCR[^\"]*\",\"([0-9.]+)\".*");
    /** What redis-cli says when its connection is gone; it then opens another by itself. */
    private static final Pattern BROKEN =
            Pattern.compile(".*(Server closed the connection|Connection reset|Broken pipe|Could not connect|I/O error|"
                    + "Connection refused|Connection timed out|No route to host).*");

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
            throw new DemoException("redis-benchmark in the client gave no figure; see its console's log");
        }
        return Double.parseDouble(matcher.group(1));
    }

    @Override
    public void connect() throws DemoException, InterruptedException {
        child.console().send("cat | redis-cli --raw -h " + server);
        child.console().send("PING");
        child.await(
                "the client's connection", ANSWER_MILLIS, line -> line.text().endsWith("PONG"));
        connectionsAtFirst = connections();
        broken = 0;
    }

    @Override
    public Answer increment(String key) throws DemoException, InterruptedException {
        child.console().send("INCR " + key);
        return number(line -> NUMBER.matcher(line.text()).matches());
    }

    @Override
    public long value(String key) throws DemoException, InterruptedException {
        child.console().send("GET " + key);
        // A key that is not there is an empty line.
        return number(line ->
                        line.text().isEmpty() || NUMBER.matcher(line.text()).matches())
                .value();
    }

    private Answer number(Predicate<Line> wanted) throws DemoException, InterruptedException {
        Line line = child.await("an answer", ANSWER_MILLIS, each -> {
            if (BROKEN.matcher(each.text()).matches()) {
                broken++;
                return true;
            }
            return wanted.test(each);
        });
        if (BROKEN.matcher(line.text()).matches()) {
            throw new DemoException("the client's connection broke: " + line.text());
        }
        return new Answer(line.text().isEmpty() ? 0 : Long.parseLong(line.text()), line.nanos());
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
        child.await("the server's counters", ANSWER_MILLIS, line -> {
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
