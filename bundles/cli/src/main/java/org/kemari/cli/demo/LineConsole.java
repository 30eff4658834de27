package org.kemari.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A guest's serial console as lines: one thread reads, stamps and keeps them, and copies them to a file for whoever looks
 * for a reason later.
 */
final class LineConsole {
    /** Nobody reads the primary's console while the client counts: the oldest lines are dropped. */
    private static final int MAX_LINES = 10_000;

    private static final String ESCAPE_SEQUENCE = "\u001b\\[[0-9;?]*[A-Za-z]|\r";

    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>(MAX_LINES);
    private final OutputStream keys;
    private volatile boolean ended;

    LineConsole(String name, InputStream screen, OutputStream keys, Path log) throws IOException {
        this.keys = keys;
        BufferedReader reader = new BufferedReader(new InputStreamReader(screen, StandardCharsets.UTF_8));
        PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log), true);
        Thread thread = new Thread(() -> read(reader, copy), "kemari-console-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void read(BufferedReader reader, PrintWriter copy) {
        try (copy) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                long nanos = System.nanoTime();
                String clean = text.replaceAll(ESCAPE_SEQUENCE, "");
                copy.println(clean);
                while (!lines.offer(new Line(nanos, clean))) {
                    lines.poll();
                }
            }
        } catch (IOException e) {
            copy.println("(console closed: " + e.getMessage() + ")");
        } finally {
            ended = true;
        }
    }

    /** Types a line. */
    void send(String text) throws DemoException {
        try {
            keys.write((text + "\n").getBytes(StandardCharsets.UTF_8));
            keys.flush();
        } catch (IOException e) {
            throw new DemoException("the console was closed while '" + text + "' was typed", e);
        }
    }

    /** The next line, if one comes in time. */
    Optional<Line> next(long millis) throws InterruptedException {
        return Optional.ofNullable(lines.poll(millis, TimeUnit.MILLISECONDS));
    }

    /** True if no line will come any more. */
    boolean ended() {
        return ended && lines.isEmpty();
    }

    /** A line and when it was read, by {@link System#nanoTime}. */
    record Line(long nanos, String text) {}
}
