package org.kemari.itests.failover;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the bare-metal guest's ELF lies in the tree. */
public final class TinyGuest {
    private TinyGuest() {}

    public static Path elf() {
        Path elf = Path.of(System.getProperty(
                        "kemari.tiny", "../bundles/guests/src/main/resources/org/kemari/guests/tiny.elf"))
                .toAbsolutePath()
                .normalize();
        if (!Files.isRegularFile(elf)) {
            throw new IllegalStateException(elf + " is not there; name it with -Dkemari.tiny=FILE");
        }
        return elf;
    }
}
