package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What was measured on.
 *
 * @param processor its name
 * @param cores as many as this JVM may use
 * @param memoryMebibytes of the whole host
 * @param system operating system and release
 * @param java version of the JDK that ran the product
 * @param peer the peer's version, or that there is none
 */
record BenchHost(String processor, int cores, long memoryMebibytes, String system, String java, String peer) {
    static BenchHost current(Jdk jdk, Optional<Path> qemu) throws IOException, InterruptedException {
        return new BenchHost(
                field("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                field("/proc/meminfo", "MemTotal")
                                .map(text -> Long.parseLong(text.replaceAll("[^0-9]", "")))
                                .orElse(0L)
                        >> 10,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                jdk.version(),
                qemu.isPresent() ? version(qemu.get()) : "none");
    }

    private static Optional<String> field(String file, String name) throws IOException {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            return Optional.empty();
        }
        return Files.readAllLines(path).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst();
    }

    private static String version(Path qemu) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(qemu.toString(), "--version").start();
        try (var reader = process.inputReader()) {
            String first = reader.readLine();
            process.waitFor();
            return first == null ? qemu.toString() : first.replaceAll("\\s*\\(.*", "");
        }
    }

    JsonObject json() {
        JsonObject object = new JsonObject();
        object.put("processor", processor);
        object.put("cores", cores);
        object.put("memoryMebibytes", memoryMebibytes);
        object.put("system", system);
        object.put("java", java);
        object.put("peer", peer);
        return object;
    }

    static BenchHost of(JsonObject object) {
        return new BenchHost(
                object.getString("processor", "unknown"),
                object.getInt("cores", 0),
                object.getLong("memoryMebibytes", 0),
                object.getString("system", "unknown"),
                object.getString("java", "unknown"),
                object.getString("peer", "none"));
    }

    /** The machine, without what ran on it. */
    String text() {
        return processor + ", " + cores + " cores, " + (memoryMebibytes + 512) / 1024 + " GiB, " + system;
    }
}
