package org.kemari.itests.process;

import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A copy of the {@code kemari} script in a tree of its own, in which nothing is built, on a machine that has what the
 * test says: its programs, its JDKs, its user. One thread.
 */
final class LauncherScript {
    /** What the script calls, and every system has. */
    private static final List<String> PROGRAMS = List.of(
            "cat",
            "cut",
            "dirname",
            "find",
            "grep",
            "head",
            "id",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "tail",
            "touch",
            "tr");

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final Path script;
    private final Path programs;
    private final Map<String, String> environment = new TreeMap<>();

    /** {@code folder} is empty, and whoever made it deletes it. */
    LauncherScript(Path folder) throws IOException {
        this.folder = folder;
        script = Files.copy(
                source(),
                Files.createDirectory(folder.resolve("tree")).resolve("kemari"),
                StandardCopyOption.COPY_ATTRIBUTES);
        programs = Files.createDirectory(folder.resolve("bin"));
        for (String program : PROGRAMS) {
            Files.createSymbolicLink(programs.resolve(program), onPath(program));
        }
        environment.put("PATH", programs.toString());
        environment.put("HOME", Files.createDirectory(folder.resolve("home")).toString());
        // Java asks the system, not HOME, where a user's home is.
        environment.put("XDG_CACHE_HOME", folder.resolve("home/cache").toString());
        environment.put("LC_ALL", "C");
        with("KEMARI_JDKS", "");
    }

    private static Path source() {
        Path script = Container.distribution().resolve("../../../kemari").normalize();
        assertTrue(script + " is not there", Files.isExecutable(script));
        return script;
    }

    private static Path onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(each -> Path.of(each, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(program + " is not on this machine's PATH"));
    }

    LauncherScript with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** The JDK of this test. */
    LauncherScript withJdk() {
        return with("JAVA_HOME", System.getProperty("java.home"));
    }

    /** A program that is a shell script of these lines. */
    LauncherScript withProgram(String name, String... lines) throws IOException {
        executable(programs.resolve(name), lines);
        return this;
    }

    /** The folder of a JDK of version {@code version}, as far as looking at it tells. */
    Path jdk(String version) throws IOException {
        Path jdk = Files.createDirectories(folder.resolve("jdks").resolve("jdk-" + version));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(Files.createDirectory(jdk.resolve("bin")).resolve("javac"), "exit 1");
        return jdk;
    }

    /** The distribution under test, as if this tree had built it a moment ago. */
    LauncherScript withDistribution() throws IOException {
        Path target = Files.createDirectories(script.resolveSibling("features/target"));
        Files.createSymbolicLink(target.resolve("kemari"), Container.distribution());
        Files.createFile(target.resolve("kemari.built"));
        return this;
    }

    private static void executable(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /** How a run ended, and what it said on standard error, but for what it tells a person who waits. */
    record Ended(int status, List<String> errors) {}

    Ended run(String... arguments) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(Stream.of(onPath("bash").toString(), script.toString()), Stream.of(arguments))
                        .toList());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile())
                .start();
        try {
            assertTrue(
                    "still runs after " + LIMIT.toSeconds() + " s",
                    process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        List<String> said = Files.readAllLines(errors).stream()
                .filter(line -> !line.matches("kemari: (building, [0-9]+ s: |getting the guest: ).*"))
                .toList();
        return new Ended(process.exitValue(), said);
    }
}
