package org.kemari.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The folders of a distribution.
 *
 * <pre>
 *   lib/      the framework, logging and this launcher
 *   bundles/  what runs in the framework
 *   etc/      logging
 * </pre>
 *
 * @param root the folder that holds them
 */
public record Distribution(Path root) {
    /**
     * Bundles start in this order, by the beginning of their file's name, and stop in the opposite one: configuration
     * and components first, then what the empty word stands for. Machines come after their devices and go before them.
     * The command line comes last, when everything that it may ask for is there.
     */
    private static final List<String> ORDER = List.of(
            "org.osgi",
            "org.apache.felix.configadmin",
            "org.apache.felix.metatype",
            "org.apache.felix.scr",
            "",
            "kemari-",
            "kemari-emulator",
            "kemari-ft",
            "org.apache.felix.fileinstall",
            "kemari-cli");

    /** The distribution that this class was started from: its jar lies in {@code lib/}. */
    public static Distribution ofThisJar() throws IOException {
        try {
            Path jar = Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return new Distribution(jar.toAbsolutePath().getParent().getParent());
        } catch (URISyntaxException e) {
            throw new IOException("cannot tell where the launcher lies", e);
        }
    }

    /** The bundles in the order in which they are to start. */
    public List<Path> bundles() throws IOException {
        Path folder = root.resolve("bundles");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> bundles = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted(Comparator.comparingInt(Distribution::rank).thenComparing(Comparator.naturalOrder()))
                    .toList();
            if (bundles.isEmpty()) {
                throw new IOException(folder + " holds no bundle; build it with: mvn -pl features -am package");
            }
            return bundles;
        }
    }

    /** What bundles are given from the class path: SLF4J, which is ready before the first of them. */
    public static List<String> systemPackages() {
        String version = LoggerFactory.class.getPackage().getImplementationVersion();
        return Stream.concat(
                        Stream.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi")
                                .map(name -> name + ";version=" + version),
                        // As SLF4J's own bundle does: for who logs, nothing has changed since.
                        Stream.of("org.slf4j;version=1.7.36", "org.slf4j.helpers;version=1.7.36"))
                .toList();
    }

    public Path etc() {
        return root.resolve("etc");
    }

    private static int rank(Path bundle) {
        String name = bundle.getFileName().toString();
        int best = ORDER.indexOf("");
        for (int i = 0; i < ORDER.size(); i++) {
            String prefix = ORDER.get(i);
            if (name.startsWith(prefix) && prefix.length() > ORDER.get(best).length()) {
                best = i;
            }
        }
        return best;
    }
}
