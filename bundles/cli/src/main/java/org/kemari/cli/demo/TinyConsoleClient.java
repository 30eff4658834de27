package org.kemari.cli.demo;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.kemari.cli.demo.LineConsole.Line;

/** A client in a tiny guest: its console takes {@code INCR key} and {@code GET key} and answers with a number. */
final class TinyConsoleClient implements CounterClient {
    private static final long ANSWER_MILLIS = 30_000;
    private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    private final ChildProcess child;
    private final String scratchKey;
    private long broken;

    /** {@code scratchKey} is incremented to measure speed, and not counted. */
    TinyConsoleClient(ChildProcess child, String scratchKey) {
        this.child = child;
        this.scratchKey = scratchKey;
    }

    @Override
    public void connect() throws DemoException, InterruptedException {
        increment(scratchKey);
        broken = 0;
    }

    @Override
    public Answer increment(String key) throws DemoException, InterruptedException {
        return ask("INCR " + key);
    }

    @Override
    public long value(String key) throws DemoException, InterruptedException {
        return ask("GET " + key).value();
    }

    private Answer ask(String request) throws DemoException, InterruptedException {
        child.console().send(request);
        Line line = child.await("an answer to " + request, ANSWER_MILLIS, each -> {
            if (each.text().startsWith("RESET")) {
                broken++;
            }
            return NUMBER.matcher(each.text()).matches();
        });
        return new Answer(Long.parseLong(line.text()), line.nanos());
    }

    @Override
    public double requestsPerSecond() throws DemoException, InterruptedException {
        long start = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - start < MEASURE_NANOS) {
            increment(scratchKey);
            count++;
        }
        return count * 1e9 / (System.nanoTime() - start);
    }

    @Override
    public long resets() {
        return broken;
    }
}
