package org.kemari.guests.debian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.kemari.api.guest.Guest;

/** Fetches the real guest: {@code mvn test -Dtest=LiveFetchTest -Dkemari.guest.folder=DIR}. */
@EnabledIfSystemProperty(named = "kemari.guest.folder", matches = ".+", disabledReason = "needs a network and minutes")
class LiveFetchTest {
    @Test
    void realGuestIsFetchedOnceAndThenCached() throws Exception {
        LinuxGuest linux = new LinuxGuest(Path.of(System.getProperty("kemari.guest.folder")));
        Optional<String> variable = Optional.ofNullable(System.getenv(Mirror.VARIABLE));
        Mirror mirror = new Mirror(Optional.empty(), variable, Path.of("/etc/apt"));
        Guest guest = linux.fetch(mirror, (step, done, total) -> {
            if (done == total) {
                System.out.println(step);
            }
        });
        assertTrue(Files.size(guest.kernel()) > 10_000_000);
        assertEquals(Optional.of(guest), linux.cached());
    }
}
