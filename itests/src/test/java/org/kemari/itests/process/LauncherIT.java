package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.kemari.itests.failover.TinyGuest;
import org.kemari.itests.guest.LastByteGuest;

/** The program behind the {@code kemari} script. */
public class LauncherIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

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

    /** Whatever an ELF is like, its line can be read by a program: a word, its name, a code without spaces. */
    @Test
    public void selftestGivesEachElfOneLineWithACode() throws IOException {
        Path elfs = folder.newFolder().toPath();
        byte[] good = Files.readAllBytes(LastByteGuest.write(elfs.resolve("good")));
        Files.write(elfs.resolve("cut"), Arrays.copyOf(good, 40));
        try (Container container =
                Container.start("selftest", "selftest", "--elfs", elfs.toString(), "--memory", "8G", "--jobs", "1")) {
            assertEquals(1, container.awaitExit(LIMIT));
            List<String> words = container.lines().stream()
                    .filter(line -> line.matches("(PASS|FAIL|TIMEOUT) .*|[0-9]+ passed.*"))
                    .toList();
            assertEquals(container.tail(), List.of("FAIL cut unloadable", "PASS good", "1 passed, 1 failed"), words);
            assertTrue(
                    container.tail(),
                    container
                            .line("^kemari selftest: cut: .*" + elfs.resolve("cut"))
                            .isPresent());
        }
    }

    @Test
    public void etcFolderThatIsMissingIsNamed() {
        try (Container container = Container.start("no-etc", "run", "--etc", "/no/such/folder")) {
            assertEquals(2, container.awaitExit(LIMIT));
            assertTrue(container.tail(), container.line("--etc /no/such/folder").isPresent());
        }
    }

    /** A file that even root cannot open for writing: its permissions alone would not stop it. */
    @Test
    public void diskThatMayNotBeWrittenIsNamedWithTheRemedy() {
        Path disk = Path.of("/sys/devices/system/cpu/online");
        assumeTrue(disk + " is missing: this needs Linux with sysfs", Files.isReadable(disk));
        try (Container container = Container.start(
                "forbidden",
                "run",
                "--disk",
                disk.toString(),
                "--kernel",
                TinyGuest.elf().toString(),
                "--firmware",
                "none",
                "--memory",
                "16M")) {
            assertEquals(container.tail(), 2, container.awaitExit(LIMIT));
            String said = container
                    .line(disk + " may not be written")
                    .orElseThrow(() -> new AssertionError(container.tail()));
            assertTrue(said, said.contains("permissions") || said.contains("chmod u+rw " + disk));
            assertTrue(said, said.contains(",ro"));
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
