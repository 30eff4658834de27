package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A finished process.
 *
 * @param wallSeconds from start to end of the whole process
 * @param peakBytes largest resident set seen while it ran; polled, so the last milliseconds may be missing
 * @param exitCode its exit status
 * @param output standard output and error
 * @param childPeaks the same by the command line of each process below it
 */
record ProcessRun(double wallSeconds, long peakBytes, int exitCode, String output, Map<String, Long> childPeaks) {
    private static final int POLL_MILLIS = 20;

    /** Runs a command with no standard input. It is killed, and an exception says so, at the limit. */
    static ProcessRun of(List<String> command, Map<String, String> environment, Duration limit)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile("kemari-bench", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            long start = System.nanoTime();
            Process process = builder.start();
            long peak = 0;
            Map<String, Long> childPeaks = new HashMap<>();
            try {
                while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    peak = Math.max(peak, residentPeakBytes(process.pid()));
                    for (ProcessHandle child : process.descendants().toList()) {
                        long childPeak = residentPeakBytes(child.pid());
                        child.info()
                                .arguments()
                                .ifPresent(arguments ->
                                        childPeaks.merge(String.join(" ", arguments), childPeak, Math::max));
                    }
                    if (System.nanoTime() - start > limit.toNanos()) {
                        throw new IOException("no end after " + limit.toSeconds() + " s: " + String.join(" ", command)
                                + "\n" + tail(log));
                    }
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            double wall = (System.nanoTime() - start) / 1e9;
            return new ProcessRun(wall, peak, process.exitValue(), Files.readString(log), Map.copyOf(childPeaks));
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** Peak resident set of a running process; 0 if it has gone. */
    static long residentPeakBytes(long pid) throws IOException {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
            return 0;
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException e) {
            // A process that ends between opening and reading: ESRCH, which Java has no exception for.
            if (ProcessHandle.of(pid).isEmpty()) {
                return 0;
            }
            throw e;
        }
    }

    private static String tail(Path log) throws IOException {
        String text = Files.readString(log);
        return text.substring(Math.max(0, text.length() - 2000));
    }

    ProcessRun mustSucceed(String what) throws IOException {
        if (exitCode != 0) {
            throw new IOException(what + " ended with exit status " + exitCode + ":\n"
                    + output.substring(Math.max(0, output.length() - 2000)));
        }
        return this;
    }
}
