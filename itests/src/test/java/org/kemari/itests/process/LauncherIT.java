package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.junit.Test;
import org.kemari.itests.failover.TinyGuest;

/** The program behind the {@code kemari} script. */
public class LauncherIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    public void helpListsTheVerbsAndEndsWithZero() {
        try (Container container = Container.start("help", "help")) {
            assertEquals(container.tail(), 0, container.awaitExit(LIMIT));
            for (String verb : new String[] {"run", "backup", "demo", "selftest", "guest"}) {
                assertTrue(
                        verb + " is missing in: " + container.tail(),
                        container.line("\\b" + verb + "\\b").isPresent());
            }
        }
    }

    @Test
    public void unknownVerbIsNamedAndEndsWithAnError() {
        try (Container container = Container.start("nonsense", "fly")) {
            assertTrue(container.awaitExit(LIMIT) != 0);
            assertTrue(container.tail(), container.line("fly").isPresent());
        }
    }

    @Test
    public void etcFolderThatIsMissingIsNamed() {
        try (Container container = Container.start("no-etc", "run", "--etc", "/no/such/folder")) {
            assertEquals(2, container.awaitExit(LIMIT));
            assertTrue(container.tail(), container.line("--etc /no/such/folder").isPresent());
        }
    }

    @Test
    public void addressThatOthersReachIsRefusedBeforeAGuestBelievesItselfProtected() {
        String[][] lines = {
            {"backup", "--listen", "0.0.0.0:7000"},
            {"run", "--protect", "192.0.2.1:7000"},
        };
        for (String[] line : lines) {
            String kernel = TinyGuest.elf().toString();
            try (Container container =
                    Container.start(line[0], line[0], line[1], line[2], "--kernel", kernel, "--firmware", "none")) {
                assertEquals(container.tail(), 2, container.awaitExit(LIMIT));
                assertTrue(
                        container.tail(),
                        container
                                .line(line[1] + "=" + line[2] + " is not on loopback")
                                .isPresent());
            }
        }
    }
}
