package org.kemari.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that is spoken to while it runs. Its standard error goes where ours does. Closing it kills it. */
final class LiveProcess implements AutoCloseable {
    /** Nobody reads a chatty guest all the time: the oldest lines are dropped. */
    private static final int MAX_LINES = 10_000;

    private static final long LOOK_MILLIS = 200;
    private static final long KILL_SECONDS = 10;

    private final List<String> command;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(MAX_LINES);

    private LiveProcess(List<String> command, Process process) {
        this.command = command;
        this.process = process;
    }

    static LiveProcess start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        LiveProcess live = new LiveProcess(command, process);
        Thread reader = new Thread(live::read, "kemari-bench-output");
        reader.setDaemon(true);
        reader.start();
        return live;
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                while (!lines.offer(line)) {
                    lines.poll();
                }
            }
        } catch (IOException e) {
            lines.offer("(output closed: " + e.getMessage() + ")");
        }
    }

    long pid() {
        return process.pid();
    }

    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Forgets what was said and not waited for. */
    void dropWaiting() {
        lines.clear();
    }

    /** Waits for a line in which the pattern is found; gives its first group, or all that was found. */
    String await(String pattern, Duration limit) throws IOException, InterruptedException {
        Pattern wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + limit.toNanos();
        String last = "";
        while (System.nanoTime() - end < 0) {
            String line = lines.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (line == null) {
                checkAlive(last);
                continue;
            }
            last = line;
            Matcher matcher = wanted.matcher(line);
            if (matcher.find()) {
                return matcher.group(matcher.groupCount() > 0 ? 1 : 0);
            }
        }
        throw new IOException("no '" + pattern + "' within " + limit.toSeconds() + " s from "
                + String.join(" ", command) + "; last line: " + last);
    }

    void checkAlive(String last) throws IOException {
        if (!process.isAlive() && lines.isEmpty()) {
            throw new IOException(
                    String.join(" ", command) + " ended with status " + process.exitValue() + "; last line: " + last);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
