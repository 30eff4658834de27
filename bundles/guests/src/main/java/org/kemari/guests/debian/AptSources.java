package org.kemari.guests.debian;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Debian archive that this machine's apt is set to, read from its source files in both formats of sources.list(5).
 * Packages of all releases and architectures lie in one pool, so any release's main archive serves.
 */
final class AptSources {
    /** Releases of Debian and their aliases; a source of any other distribution or vendor is passed over. */
    private static final Set<String> RELEASES = Set.of(
            "oldoldstable",
            "oldstable",
            "stable",
            "testing",
            "unstable",
            "sid",
            "buster",
            "bullseye",
            "bookworm",
            "trixie",
            "forky",
            "duke");

    private AptSources() {}

    /** The first main archive named in {@code sources.list}, {@code sources.list.d/*.list} and {@code *.sources}. */
    static Optional<String> mainArchive(Path aptFolder) {
        Set<String> found = new LinkedHashSet<>();
        for (Path file : files(aptFolder)) {
            try {
                String text = Files.readString(file, StandardCharsets.UTF_8);
                found.addAll(file.toString().endsWith(".sources") ? deb822(text) : oneLine(text));
            } catch (IOException e) {
                // One file that cannot be read must not hide the others; without any, the caller says what to set.
                continue;
            }
        }
        return found.stream().findFirst();
    }

    private static List<Path> files(Path aptFolder) {
        List<Path> files = new ArrayList<>();
        Path single = aptFolder.resolve("sources.list");
        if (Files.isRegularFile(single)) {
            files.add(single);
        }
        Path folder = aptFolder.resolve("sources.list.d");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> list = Files.list(folder)) {
                list.filter(each -> each.toString().endsWith(".list")
                                || each.toString().endsWith(".sources"))
                        .sorted()
                        .forEach(files::add);
            } catch (IOException | UncheckedIOException e) {
                return files;
            }
        }
        return files;
    }

    /** Lines such as {@code deb [arch=amd64] http://host/debian trixie main contrib}. */
    static List<String> oneLine(String text) {
        List<String> addresses = new ArrayList<>();
        for (String line : text.split("\n")) {
            String plain = line.replaceFirst("#.*", "").trim().replaceFirst("\\[[^]]*]", "");
            String[] words = plain.split("\\s+");
            if (words.length >= 4 && words[0].equals("deb")) {
                List<String> components = Arrays.asList(words).subList(3, words.length);
                if (isMainArchive(words[1], List.of(words[2]), components)) {
                    addresses.add(withoutSlash(words[1]));
                }
            }
        }
        return addresses;
    }

    /** Stanzas of {@code Types}, {@code URIs}, {@code Suites} and {@code Components}, with empty lines between. */
    static List<String> deb822(String text) {
        List<String> addresses = new ArrayList<>();
        for (Stanza stanza : Stanza.parseAll(text)) {
            boolean disabled = stanza.value("enabled").toLowerCase(Locale.ROOT).equals("no");
            if (disabled || !stanza.words("types").contains("deb")) {
                continue;
            }
            for (String address : stanza.words("uris")) {
                if (isMainArchive(address, stanza.words("suites"), stanza.words("components"))) {
                    addresses.add(withoutSlash(address));
                }
            }
        }
        return addresses;
    }

    private static boolean isMainArchive(String address, List<String> suites, List<String> components) {
        boolean web = address.startsWith("http://") || address.startsWith("https://");
        return web
                && !address.contains("security")
                && components.contains("main")
                && suites.stream().anyMatch(RELEASES::contains);
    }

    private static String withoutSlash(String address) {
        return address.replaceFirst("/+$", "");
    }
}
