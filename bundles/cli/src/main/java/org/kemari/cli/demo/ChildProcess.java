package org.kemari.cli.demo;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.kemari.cli.demo.LineConsole.Line;
import org.kemari.cli.json.JsonFile;

/** A container in a process of its own: its console, its status file, and its end. */
final class ChildProcess implements AutoCloseable {
    /** How long a wait may go without looking whether the process still lives. */
    private static final long LOOK_MILLIS = 200;

    private static final long KILL_SECONDS = 10;
    private static final int LOG_LINES = 8;

    private final String name;
    private final Process process;
    private final long startNanos = System.nanoTime();
    private final LineConsole console;
    private final JsonFile status;
    private final Path errorLog;

    /** Starts {@code command}; what it says on standard error goes to {@code folder/name.log}. */
    ChildProcess(String name, List<String> command, Path folder) throws IOException {
        this.name = name;
        this.errorLog = folder.resolve(name + ".log");
        this.status = new JsonFile(statusFile(folder, name));
        this.process =
                new ProcessBuilder(command).redirectError(errorLog.toFile()).start();
        try {
            this.console = new LineConsole(
                    name, process.getInputStream(), process.getOutputStream(), folder.resolve(name + ".console"));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    static Path statusFile(Path folder, String name) {
        return folder.resolve(name + ".json");
    }

    LineConsole console() {
        return console;
    }

    long startNanos() {
        return startNanos;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Waits for a line. {@code what} is for the message if it does not come. */
    Line await(String what, long limitMillis, Predicate<Line> wanted) throws DemoException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        while (System.nanoTime() - deadline < 0) {
            Optional<Line> line = console.next(LOOK_MILLIS);
            if (line.isPresent() && wanted.test(line.get())) {
                return line.get();
            }
            if (line.isEmpty() && !process.isAlive() && console.ended()) {
                throw new DemoException(ending("while " + what + " was awaited"));
            }
        }
        throw new DemoException(what + " did not come within " + limitMillis / 1000 + " s");
    }

    /** Looks at the lines that come within one look; true if one is {@code wanted}. */
    boolean poll(String what, Predicate<Line> wanted) throws DemoException, InterruptedException {
        Optional<Line> line = console.next(LOOK_MILLIS);
        while (line.isPresent()) {
            if (wanted.test(line.get())) {
                return true;
            }
            line = console.next(0);
        }
        if (!process.isAlive() && console.ended()) {
            throw new DemoException(ending("while " + what + " was awaited"));
        }
        return false;
    }

    /** Throws if the process has ended. */
    void checkAlive(String when) throws DemoException {
        if (!process.isAlive()) {
            throw new DemoException(ending(when));
        }
    }

    private String ending(String when) {
        return "the " + name + " ended with status " + process.exitValue() + " " + when + lastWords();
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(errorLog);
            if (lines.isEmpty()) {
                return "";
            }
            return "; it said:\n    "
                    + String.join("\n    ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return "; its log " + errorLog + " cannot be read";
        }
    }

    /** What it last wrote of machine and protection. */
    ChildStatus status() throws DemoException {
        try {
            return new ChildStatus(status.read().orElseGet(JsonObject::new));
        } catch (IOException e) {
            throw new DemoException("the " + name + "'s status cannot be read: " + e.getMessage(), e);
        }
    }

    /** SIGKILL, at once. */
    void kill() {
        process.destroyForcibly();
    }

    /** SIGKILL, if it still lives, and waits for the end. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
