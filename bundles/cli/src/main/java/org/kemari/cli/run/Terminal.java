package org.kemari.cli.run;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The user's terminal in raw mode, so that each key goes to the guest: no line editing, no echo, no signals. Lines that we
 * write still get their carriage return. The mode before is put back at the end, however the process ends short of
 * SIGKILL. The bundle that ends the console at the terminal watches for Ctrl-A x, and stops the container.
 */
final class Terminal implements AutoCloseable {
    private static final Path TTY = Path.of("/dev/tty");
    private static final long STTY_SECONDS = 5;

    private final String before;
    private final Thread hook;

    private Terminal(String before) {
        this.before = before;
        this.hook = new Thread(() -> restore(before), "kemari-terminal");
    }

    /** Takes the terminal over if standard input is one. */
    static Optional<Terminal> open() throws InterruptedException {
        if (!isTerminal()) {
            return Optional.empty();
        }
        Optional<String> before = stty("-g");
        if (before.isEmpty()) {
            return Optional.empty();
        }
        Terminal terminal = new Terminal(before.get());
        Runtime.getRuntime().addShutdownHook(terminal.hook);
        stty("-icanon", "-echo", "-isig", "-ixon", "-icrnl", "-iexten", "min", "1", "time", "0");
        return Optional.of(terminal);
    }

    private static boolean isTerminal() throws InterruptedException {
        try {
            Process test = new ProcessBuilder("test", "-t", "0")
                    .redirectInput(Redirect.INHERIT)
                    .start();
            return test.waitFor(STTY_SECONDS, TimeUnit.SECONDS) && test.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs stty on the terminal; gives what it says, or nothing if it failed. */
    private static Optional<String> stty(String... arguments) throws InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(TTY.toFile())
                    .redirectError(Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
            return process.waitFor(STTY_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? Optional.of(said)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void restore(String mode) {
        try {
            stty(mode);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        restore(before);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Shutting down: the hook runs, and puts the same mode back.
        }
    }
}
