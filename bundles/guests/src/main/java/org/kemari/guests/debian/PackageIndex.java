package org.kemari.guests.debian;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.kemari.api.guest.GuestException;

/**
 * What a mirror's {@code Packages} file says of the packages that we look for: answers a pin whose file has left the
 * mirror, as happens when Debian publishes a newer version.
 */
final class PackageIndex {
    /** A kernel's version is part of its package's name; this one's dependencies name the newest. */
    private static final String NEWEST_KERNEL = "linux-image-riscv64";

    private static final Pattern KERNEL = Pattern.compile("linux-image-[0-9][^ ,(]*-riscv64");

    private final Map<String, Stanza> newest = new HashMap<>();

    private PackageIndex() {}

    /** Reads an index that is compressed as its name says. */
    static PackageIndex read(Path file, Collection<String> packageNames) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                InputStream plain =
                        file.toString().endsWith(".gz") ? new GZIPInputStream(in) : new XZCompressorInputStream(in);
                BufferedReader reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            return read(reader, packageNames);
        }
    }

    static PackageIndex read(BufferedReader reader, Collection<String> packageNames) throws IOException {
        Set<String> wanted = new HashSet<>(packageNames);
        boolean kernel = packageNames.stream().anyMatch(PackageIndex::isKernel);
        PackageIndex index = new PackageIndex();
        for (Stanza stanza = Stanza.read(reader); stanza != null; stanza = Stanza.read(reader)) {
            String name = stanza.value("package");
            if (wanted.contains(name) || (kernel && (name.equals(NEWEST_KERNEL) || isKernel(name)))) {
                index.newest.merge(name, stanza, PackageIndex::newer);
            }
        }
        return index;
    }

    private static boolean isKernel(String packageName) {
        return KERNEL.matcher(packageName).matches();
    }

    private static Stanza newer(Stanza left, Stanza right) {
        return DebianVersion.compare(left.value("version"), right.value("version")) >= 0 ? left : right;
    }

    /** What the mirror has in place of a pin. */
    PinnedPackage replacement(PinnedPackage pin) throws GuestException {
        Stanza found = newest.get(pin.packageName());
        if (found == null && isKernel(pin.packageName())) {
            found = newestKernel().orElse(null);
        }
        if (found == null) {
            throw new GuestException(
                    "package " + pin.packageName()
                            + " is neither at its pinned place on the mirror nor in the mirror's index; try --mirror with another one");
        }
        try {
            return new PinnedPackage(
                    found.value("filename"), Long.parseLong(found.value("size")), found.value("sha256"));
        } catch (IllegalArgumentException e) {
            throw new GuestException(
                    "the mirror's index is wrong about " + pin.packageName() + ": " + e.getMessage(), e);
        }
    }

    private Optional<Stanza> newestKernel() {
        Stanza meta = newest.get(NEWEST_KERNEL);
        if (meta == null) {
            return Optional.empty();
        }
        Matcher name = KERNEL.matcher(meta.value("depends"));
        return name.find() ? Optional.ofNullable(newest.get(name.group())) : Optional.empty();
    }
}
