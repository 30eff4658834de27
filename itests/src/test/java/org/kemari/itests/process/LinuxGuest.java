package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Debian's kernel with its initial ramdisk, as {@code kemari guest fetch} leaves them.
 *
 * @param kernel the Image
 * @param initrd the initial ramdisk
 */
public record LinuxGuest(Path kernel, Path initrd) {
    /** RAM that the guest boots in without Redis; a boot touches about a third of it. */
    public static final String MEMORY = "256M";

    /** The first fetch loads about 120 MB and unpacks a kernel's package; later ones take a second. */
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(10);

    /** Gets it into the user's cache unless it is there. */
    public static LinuxGuest fetch() {
        try (Container container = Container.start("fetch", "guest", "fetch")) {
            assertEquals(container.tail(), 0, container.awaitExit(FETCH_LIMIT));
            return new LinuxGuest(named(container, "kernel "), named(container, "initrd "));
        }
    }

    private static Path named(Container container, String what) {
        return Path.of(container
                .line("^" + what)
                .orElseThrow(() -> new AssertionError("no " + what + "in: " + container.tail()))
                .substring(what.length()));
    }
}
