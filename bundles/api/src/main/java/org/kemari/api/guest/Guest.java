package org.kemari.api.guest;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A guest whose files are on this machine, whole and checked.
 *
 * @param name {@code linux} or {@code tiny}
 * @param kernel a Linux {@code Image} or an ELF
 * @param initrd the initial ramdisk, if the guest has one
 * @param firmware {@code builtin} (a supervisor kernel) or {@code none} (an ELF that starts in machine mode)
 */
public record Guest(String name, Path kernel, Optional<Path> initrd, String firmware) {
    public Guest {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kernel, "kernel");
        Objects.requireNonNull(initrd, "initrd");
        Objects.requireNonNull(firmware, "firmware");
    }
}
