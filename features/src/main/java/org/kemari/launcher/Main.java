package org.kemari.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.LoggerFactory;

/**
 * The program behind the {@code kemari} script: a container that lives until somebody stops its framework, by the cli
 * bundle when its verb is done, or by a signal.
 */
public final class Main {
    /** System property: the exit status, set by the cli bundle before it stops the framework. */
    public static final String EXIT = "org.kemari.exit";

    /** The command line cannot be honoured; the cli bundle says it so, too. */
    private static final int EXIT_USAGE = 2;

    /** An error of ours (sysexits.h: EX_SOFTWARE). */
    private static final int EXIT_SOFTWARE = 70;

    /** Bundles get this long to stop; then the process ends all the same. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        LaunchOptions options;
        try {
            options = LaunchOptions.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("kemari: " + e.getMessage());
            System.exit(EXIT_USAGE);
            return;
        }
        if (options.etc().isPresent() && !Files.isDirectory(options.etc().get())) {
            System.err.println("kemari: --etc " + options.etc().get() + " is no folder; make it first");
            System.exit(EXIT_USAGE);
        }
        System.exit(run(options));
    }

    private static int run(LaunchOptions options) throws IOException, InterruptedException {
        Distribution distribution = Distribution.ofThisJar();
        chooseLogging(distribution);
        Path cache = cache(options);
        OsgiContainer container = OsgiContainer.create(distribution, cache, options.etc(), options.arguments());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(container, cache, options), "kemari-shutdown"));
        try {
            container.start();
        } catch (LaunchException e) {
            e.getMessage().lines().forEach(line -> System.err.println("kemari: " + line));
            return EXIT_SOFTWARE;
        }
        boundStop(container);
        container.awaitStop();
        return exitStatus();
    }

    private static Path cache(LaunchOptions options) throws IOException {
        if (options.home().isPresent()) {
            return Files.createDirectories(options.home().get()).resolve("cache");
        }
        return Files.createTempDirectory("kemari-" + ProcessHandle.current().pid() + "-");
    }

    private static void chooseLogging(Distribution distribution) {
        copyEnvironment("KEMARI_LOG", "kemari.log.level");
        copyEnvironment("KEMARI_LOG_FILE", "kemari.log.file");
        if (System.getProperty("logback.configurationFile") == null) {
            String file = System.getProperty("kemari.log.file") == null ? "logback.xml" : "logback-file.xml";
            System.setProperty(
                    "logback.configurationFile",
                    distribution.etc().resolve(file).toUri().toString());
        }
        // Logback takes a sixth of a container's start; the first bundle that has something to say waits for it.
        Thread logging = new Thread(LoggerFactory::getILoggerFactory, "kemari-logging");
        logging.setDaemon(true);
        logging.start();
    }

    private static void copyEnvironment(String variable, String property) {
        String value = System.getenv(variable);
        if (value != null && !value.isBlank() && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Once the framework begins to stop, whoever asked for it, the process ends in a bounded time. */
    private static void boundStop(OsgiContainer container) {
        SynchronousBundleListener listener = event -> {
            if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == 0) {
                Thread guard = new Thread(Main::endLater, "kemari-stop-guard");
                guard.setDaemon(true);
                guard.start();
            }
        };
        container.context().addBundleListener(listener);
    }

    private static void endLater() {
        try {
            Thread.sleep(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            return;
        }
        System.err.println("kemari: the bundles had not stopped after " + STOP_LIMIT.toSeconds() + " s; ending anyway");
        Runtime.getRuntime().halt(exitStatus());
    }

    private static void shutDown(OsgiContainer container, Path cache, LaunchOptions options) {
        try {
            if (!container.stop(STOP_LIMIT)) {
                System.err.println("kemari: the bundles had not stopped after " + STOP_LIMIT.toSeconds() + " s");
            }
            if (options.home().isEmpty()) {
                delete(cache);
            }
        } catch (IOException e) {
            System.err.println("kemari: cannot delete the cache: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int exitStatus() {
        String status = System.getProperty(EXIT, "0");
        try {
            return Integer.parseInt(status);
        } catch (NumberFormatException e) {
            System.err.println("kemari: " + EXIT + "=" + status + " is no exit status; ending with " + EXIT_SOFTWARE);
            return EXIT_SOFTWARE;
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
