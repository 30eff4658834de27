package org.kemari.blockfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A small file beside a locked image, {@code IMAGE.holder}, that says who has the lock. For messages only: the lock
 * itself is the operating system's, so a note that outlived a killed process misleads nobody, and one that cannot be
 * written costs nothing.
 */
final class HolderNote {
    /** A note is one short line; what is longer is none of ours. */
    private static final long MAX_BYTES = 256;

    private HolderNote() {}

    static void write(Path image, String vm) {
        try {
            Files.writeString(
                    file(image),
                    "vm=" + vm + " in process " + ProcessHandle.current().pid());
        } catch (IOException e) {
            // A folder that may not be written: then a refused VM is told less.
        }
    }

    static Optional<String> read(Path image) {
        try {
            Path file = file(image);
            return Files.size(file) > MAX_BYTES ? Optional.empty() : Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static void delete(Path image) {
        try {
            Files.deleteIfExists(file(image));
        } catch (IOException e) {
            // See write.
        }
    }

    private static Path file(Path image) {
        return image.resolveSibling(image.getFileName() + ".holder");
    }
}
