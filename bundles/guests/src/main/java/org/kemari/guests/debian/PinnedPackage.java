package org.kemari.guests.debian;

import java.util.ArrayList;
import java.util.List;

/**
 * One Debian package, as it must be.
 *
 * @param path below the mirror's address, such as {@code pool/main/b/busybox/busybox-static_1.37.0-6_riscv64.deb}
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 */
record PinnedPackage(String path, long sizeBytes, String sha256) {
    /** Far above any package; a pin beyond it is a mistake. */
    static final long MAX_SIZE_BYTES = 1L << 30;

    PinnedPackage {
        if (path.startsWith("/") || path.contains("..") || !path.endsWith(".deb")) {
            throw new IllegalArgumentException("path=" + path + " is no package below a mirror");
        }
        if (sizeBytes <= 0 || sizeBytes > MAX_SIZE_BYTES) {
            throw new IllegalArgumentException("size=" + sizeBytes + " of " + path + " is not 1 to " + MAX_SIZE_BYTES);
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("SHA-256 of " + path + " is not 64 hexadecimal digits: " + sha256);
        }
    }

    String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The package's name: Debian's file names are {@code name_version_architecture.deb}. */
    String packageName() {
        String file = fileName();
        int end = file.indexOf('_');
        return end < 0 ? file : file.substring(0, end);
    }

    /** Reads a table of path, size and SHA-256 with tabs between; {@code #} starts a comment line. */
    static List<PinnedPackage> parse(String table) {
        List<PinnedPackage> pins = new ArrayList<>();
        for (String line : table.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split("\t");
            if (fields.length != 3) {
                throw new IllegalArgumentException("not path, size, SHA-256: " + line);
            }
            pins.add(new PinnedPackage(fields[0], Long.parseLong(fields[1]), fields[2]));
        }
        return List.copyOf(pins);
    }
}
