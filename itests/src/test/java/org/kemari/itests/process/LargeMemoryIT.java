package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.kemari.itests.guest.LastByteGuest;

/** A VM with far more RAM than its container's heap has. */
public class LargeMemoryIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void guestOfEightGibibytesReachesItsLastByteInAHeapOf256Mebibytes() throws IOException {
        Path kernel = LastByteGuest.write(folder.getRoot().toPath().resolve("last.elf"));
        try (Container vm = Container.start(
                "large",
                List.of("-Xmx256m"),
                "run",
                "--memory",
                "8G",
                "--firmware",
                "none",
                "--kernel",
                kernel.toString())) {
            assertEquals(vm.tail(), 0, vm.awaitExit(LIMIT));
        }
    }
}
