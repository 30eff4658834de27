package org.kemari.itests.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One container as a process: the launcher of the distribution with a command line. Its output, both streams, is kept
 * line by line. It ends with {@link #close}, and at the latest with this JVM. Any thread.
 */
public final class Container implements AutoCloseable {
    /** Lines kept: a Linux boot says about 300. */
    private static final int MAX_LINES = 200_000;

    /** Lines of output that a failure shows. */
    private static final int TAIL_LINES = 60;

    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "containers-end"));
    }

    private final String name;
    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();

    /** The last line as far as it has come: a prompt has no end. Guarded by {@link #lines}. */
    private final StringBuilder unfinished = new StringBuilder();

    private boolean outputEnded;

    private Container(String name, Process process) {
        this.name = name;
        this.process = process;
        this.reader = new Thread(this::readOutput, "output-of-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a container with {@code arguments} as the {@code kemari} script would; {@code name} is for messages. */
    public static Container start(String name, String... arguments) {
        return start(name, List.of("-Xmx512m"), arguments);
    }

    /** The same, with flags for the JVM, for example its heap. */
    public static Container start(String name, List<String> jvmFlags, String... arguments) {
        Path distribution = distribution();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        if (Runtime.version().feature() >= 23) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(jvmFlags);
        command.add("-cp");
        command.add(distribution.resolve("lib") + "/*");
        command.add("org.kemari.launcher.Main");
        command.addAll(Arrays.asList(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            ALIVE.add(process);
            process.onExit().thenAccept(ALIVE::remove);
            return new Container(name, process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start container " + name, e);
        }
    }

    /** The distribution under test. */
    public static Path distribution() {
        Path distribution = Path.of(System.getProperty("kemari.dist", "../features/target/kemari"))
                .toAbsolutePath();
        if (!Files.isDirectory(distribution.resolve("bundles"))) {
            throw new IllegalStateException(
                    distribution + " is no distribution; build it with:" + " mvn -pl features -am package");
        }
        return distribution.normalize();
    }

    /**
     * Waits for output, from the first line on.
     *
     * @param pattern a regular expression that is found in the line
     * @return the line
     * @throws AssertionError if it has not come in time, or will not come any more; shows what came instead
     */
    public String awaitLine(String pattern, Duration limit) {
        return awaitLine(pattern, 0, limit);
    }

    /** The same, from line {@code firstLine} on: see {@link #lineCount}. */
    public String awaitLine(String pattern, int firstLine, Duration limit) {
        Pattern wanted = Pattern.compile(pattern);
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        int next = firstLine;
        synchronized (lines) {
            while (true) {
                for (; next < lines.size(); next++) {
                    if (wanted.matcher(lines.get(next)).find()) {
                        return lines.get(next);
                    }
                }
                if (wanted.matcher(unfinished).find()) {
                    return unfinished.toString();
                }
                long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
                if (outputEnded || leftMillis <= 0) {
                    throw new AssertionError(name + (outputEnded ? " ended" : " ran for " + limit.toSeconds() + " s")
                            + " without a line that has \"" + pattern + "\"; its last words:\n" + tail());
                }
                waitForLines(leftMillis);
            }
        }
    }

    /** Lines so far. */
    public int lineCount() {
        synchronized (lines) {
            return lines.size();
        }
    }

    /** Output so far. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** The first line so far in which {@code pattern} is found. */
    public Optional<String> line(String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        return lines().stream().filter(line -> wanted.matcher(line).find()).findFirst();
    }

    /** Types at its standard input. */
    public void type(String text) {
        OutputStream input = process.getOutputStream();
        try {
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot type at " + name, e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** SIGSTOP: it stands still with all its connections open, as on a host that hangs. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT: it goes on as if no time had passed. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("SIG" + signal + " did not reach " + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send SIG" + signal + " to " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + signal + " to " + name, e);
        }
    }

    /** SIGKILL: nothing in the process learns of it. Waits until it has gone. */
    public void kill() {
        process.destroyForcibly();
        awaitGone(Duration.ofSeconds(10));
    }

    /** SIGTERM: the bundles stop in order. Gives the exit status; kills what has not ended in 20 s, and fails. */
    public int stop() {
        process.destroy();
        if (!awaitGone(Duration.ofSeconds(20))) {
            kill();
            throw new AssertionError(name + " had not ended 20 s after SIGTERM; its last words:\n" + tail());
        }
        return process.exitValue();
    }

    /** Waits for it to end by itself; gives its exit status. */
    public int awaitExit(Duration limit) {
        if (!awaitGone(limit)) {
            throw new AssertionError(
                    name + " still runs after " + limit.toSeconds() + " s; its last words:\n" + tail());
        }
        return process.exitValue();
    }

    /** The last lines of its output. */
    public String tail() {
        synchronized (lines) {
            List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            return String.join("\n", last) + "\n" + unfinished;
        }
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        kill();
    }

    private boolean awaitGone(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            reader.join(2_000);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
    }

    private void waitForLines(long millis) {
        try {
            lines.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
    }

    private void readOutput() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            char[] buffer = new char[8192];
            for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
                take(buffer, count);
            }
        } catch (IOException e) {
            // The process was killed: what it had written before is there.
        } finally {
            synchronized (lines) {
                outputEnded = true;
                lines.notifyAll();
            }
        }
    }

    private void take(char[] buffer, int count) {
        synchronized (lines) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    if (lines.size() < MAX_LINES) {
                        lines.add(unfinished.toString());
                    }
                    unfinished.setLength(0);
                } else if (buffer[i] != '\r') {
                    unfinished.append(buffer[i]);
                }
            }
            lines.notifyAll();
        }
    }
}
