package org.kemari.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.guest.Guest;
import org.kemari.cli.json.RecordJson;

@Timeout(120)
class DemoDriverTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    private DemoReport run(Kill kill, String fault) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Launcher launcher = new Launcher(
                List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfake=" + fault),
                List.of("-cp", System.getProperty("java.class.path"), FakeContainer.class.getName()),
                false);
        GuestKit kit = new TinyGuestKit(new Guest("tiny", Path.of("tiny.elf"), Optional.empty(), "none"));
        PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
        return new DemoDriver(new DemoSettings(kill, ClientPlace.GUEST, 2, 7, folder), kit, launcher, new Progress(out))
                .run();
    }

    private static boolean childrenLeft() {
        return ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive);
    }

    @Test
    void killedPrimaryThatNobodyMissesIsSurvived() throws Exception {
        DemoReport report = run(Kill.PRIMARY, "");
        assertEquals(DemoReport.SURVIVED, report.outcome(), told::toString);
        assertTrue(report.acked() > 0);
        assertEquals(0, report.lost() + report.duplicated() + report.connectionResets());
        assertEquals(34, report.detectMillis());
        assertEquals(12, report.syncMillis());
        assertTrue(report.epochs() > 0);
        assertTrue(told.toString().contains("SIGKILL to the primary"));
        assertFalse(childrenLeft());
    }

    @Test
    void guestThatForgetsIsFoundOut() throws Exception {
        DemoReport report = run(Kill.NONE, "forgets");
        assertTrue(report.lost() > 0);
        assertTrue(report.outcome().startsWith("lost "), report.outcome());
        assertFalse(report.survived());
    }

    @Test
    void resetConnectionIsNoSurvival() throws Exception {
        DemoReport report = run(Kill.BACKUP, "resets");
        assertTrue(report.connectionResets() > 0);
        assertFalse(report.survived());
    }

    @Test
    void containerThatEndsIsToldWithItsLastWordsAndNothingStaysRunning() throws Exception {
        DemoReport report = run(Kill.NONE, "dies");
        assertTrue(report.outcome().contains("the primary ended with status 2"), report.outcome());
        assertTrue(report.outcome().contains("is no kernel"), report.outcome());
        assertFalse(childrenLeft());
    }

    @Test
    void reportHasTheKeysThatOthersRead() throws Exception {
        DemoReport report =
                new DemoReport("linux", "event", 1, 0, 0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, DemoReport.SURVIVED);
        assertEquals(
                List.of(("guest mode acked lost duplicated connectionResets gapMillis detectMillis bootMillis"
                                + " syncMillis epochs pauseMicrosP50 pauseMicrosP99 dirtyPagesP50 bytesReplicated"
                                + " requestsPerSecondUnprotected requestsPerSecondProtected outcome")
                        .split(" ")),
                List.copyOf(RecordJson.of(report).keySet()));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (Kill kill : Kill.values()) {
            report.print(new PrintStream(text, true, StandardCharsets.UTF_8), kill, "kemari demo");
        }
        assertTrue(text.toString().contains("2 ms without an answer, of which 3 ms"), text.toString());
    }
}
