package org.kemari.cli.demo;

import java.util.regex.Pattern;
import org.kemari.cli.count.CountCommand;
import org.kemari.cli.demo.LineConsole.Line;

/** A client that is a process of this host ({@code kemari count}), spoken to line by line. */
final class HostClient implements CounterClient {
    /** Longer than the client itself waits for an answer, so that it can say what went wrong. */
    private static final long ANSWER_MILLIS = 40_000;

    private static final long MEASURE_MILLIS = 180_000;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern RATE = Pattern.compile("[0-9]{1,12}\\.[0-9]");

    private final ChildProcess child;
    private long broken;

    HostClient(ChildProcess child) {
        this.child = child;
    }

    @Override
    public void connect() throws DemoException, InterruptedException {
        ask("CONNECT", Pattern.compile(CountCommand.CONNECTED), ANSWER_MILLIS);
    }

    @Override
    public Answer increment(String key) throws DemoException, InterruptedException {
        Line line = ask("INCR " + key, NUMBER, ANSWER_MILLIS);
        return new Answer(Long.parseLong(line.text()), line.nanos());
    }

    @Override
    public long value(String key) throws DemoException, InterruptedException {
        return Long.parseLong(ask("GET " + key, NUMBER, ANSWER_MILLIS).text());
    }

    @Override
    public double requestsPerSecond() throws DemoException, InterruptedException {
        return Double.parseDouble(ask("MEASURE", RATE, MEASURE_MILLIS).text());
    }

    private Line ask(String request, Pattern wanted, long limitMillis) throws DemoException, InterruptedException {
        child.console().send(request);
        Line line = child.await(
                "an answer to " + request,
                limitMillis,
                each -> each.text().startsWith(CountCommand.BROKEN)
                        || wanted.matcher(each.text()).matches());
        if (line.text().startsWith(CountCommand.BROKEN)) {
            broken++;
            throw new DemoException("the client's connection broke while it waited for an answer to " + request + ":"
                    + line.text().substring(CountCommand.BROKEN.length()));
        }
        return line;
    }

    @Override
    public long resets() {
        return broken;
    }
}
