package org.kemari.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A JDK that the product can be run with.
 *
 * @param home its folder
 * @param feature its major version
 * @param version vendor and full version, as it names itself
 */
record Jdk(Path home, int feature, String version) {
    private static final Path COMMON = Path.of("/usr/lib/jvm");
    private static final Pattern RELEASE = Pattern.compile("(?m)^([A-Z_]+)=\"?([^\"\n]*)\"?$");

    /** The one that runs this. */
    static Jdk current() {
        return new Jdk(
                Path.of(System.getProperty("java.home")),
                Runtime.version().feature(),
                System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"));
    }

    /** By its folder, or by its major version if it is the current one or stands where JDKs are found. */
    static Optional<Jdk> find(String wanted) {
        if (!wanted.matches("[0-9]{1,3}")) {
            return at(Path.of(wanted));
        }
        int feature = Integer.parseInt(wanted);
        Set<Path> places = new LinkedHashSet<>();
        places.add(current().home());
        for (String variable : new String[] {"JAVA_HOME_" + wanted, "JAVA_HOME_" + wanted + "_X64"}) {
            Optional.ofNullable(System.getenv(variable)).map(Path::of).ifPresent(places::add);
        }
        if (Files.isDirectory(COMMON)) {
            try (Stream<Path> all = Files.list(COMMON)) {
                all.sorted(Comparator.naturalOrder()).forEach(places::add);
            } catch (IOException e) {
                throw new UncheckedIOException(COMMON + " cannot be listed", e);
            }
        }
        return places.stream()
                .flatMap(place -> at(place).stream())
                .filter(jdk -> jdk.feature() == feature)
                .findFirst();
    }

    private static Optional<Jdk> at(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin").resolve("javac")) || !Files.isReadable(release)) {
            return Optional.empty();
        }
        if (home.toAbsolutePath().equals(current().home().toAbsolutePath())) {
            return Optional.of(current());
        }
        try {
            String implementor = "";
            String version = "";
            Matcher line = RELEASE.matcher(Files.readString(release));
            while (line.find()) {
                switch (line.group(1)) {
                    case "IMPLEMENTOR" -> implementor = line.group(2) + " ";
                    case "JAVA_VERSION" -> version = version.isEmpty() ? line.group(2) : version;
                    case "JAVA_RUNTIME_VERSION" -> version = line.group(2);
                    default -> {}
                }
            }
            Matcher feature = Pattern.compile("^([0-9]+)").matcher(version);
            return feature.find()
                    ? Optional.of(
                            new Jdk(home.toAbsolutePath(), Integer.parseInt(feature.group(1)), implementor + version))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(release + " cannot be read", e);
        }
    }
}
