package org.kemari.itests.failover;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.kemari.itests.process.Container;

/**
 * A backup whose image cannot be written: its process may not write files beyond a size (RLIMIT_FSIZE, which holds for root
 * too), so that the kernel answers EFBIG where a full disk answers ENOSPC.
 */
public class FullDiskIT {
    /** The guest's log has a sector of 512 bytes for each increment: the 21st does not fit. */
    private static final int FITTING = 20;

    private static final int AFTER = 40;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void aBackupThatCannotWriteItsDiskIsNamedAndTheGuestGoesOnAndIsProtectedWhenThereIsRoom() throws Exception {
        Path root = folder.getRoot().toPath();
        Path primaryImage = TinyLog.blank(root.resolve("primary.img"));
        Path backupImage = TinyLog.blank(root.resolve("backup.img"));
        try (ProtectedPair pair = new ProtectedPair(
                root, "--disk", root.resolve(ProtectedPair.SIDE + ".img").toString())) {
            int port = ProtectedPair.freePort();
            // Here nobody is to be lost for being slow.
            Container backup = pair.startBackup(port, "--heartbeat-limit", "10000");
            Container primary = pair.startPrimary(port, "heartbeat.limit.ms=10000");
            Container client = pair.startClient();
            client.awaitLine("GUEST-READY", ProtectedPair.LIMIT);
            pair.awaitState("primary", "PROTECTED");
            pair.awaitState("backup1", "PROTECTED");

            limitFiles(backup, Integer.toString(FITTING * TinyLog.SECTOR_BYTES));
            for (int i = 1; i <= AFTER; i++) {
                increment(client, i);
            }
            pair.await(
                    "the primary to name the disk",
                    "primary",
                    () -> pair.reason("primary").contains(backupImage.toString()));
            assertTrue(
                    pair.protectionState("primary"),
                    !pair.protectionState("primary").equals("PROTECTED"));
            assertEquals("RUNNING", pair.machineState("primary"));
            assertTrue("the backup's process has died of it", backup.alive());
            assertEquals(counts(AFTER), TinyLog.counts(Files.readAllBytes(primaryImage)));

            limitFiles(backup, "unlimited");
            pair.awaitState("primary", "PROTECTED");
            pair.awaitState("backup1", "PROTECTED");
            primary.kill();
            pair.awaitState("backup1", "UNPROTECTED");
            increment(client, AFTER + 1);
        }
        assertEquals(counts(AFTER + 1), TinyLog.counts(Files.readAllBytes(backupImage)));
    }

    private static List<Long> counts(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static void increment(Container client, int expected) {
        client.type("INCR k0\n");
        client.awaitLine("^" + expected + "$", ProtectedPair.LIMIT);
    }

    private static void limitFiles(Container container, String bytes) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder(
                        "prlimit", "--pid", Long.toString(container.pid()), "--fsize=" + bytes + ":unlimited")
                .inheritIO()
                .start();
        assertEquals("prlimit of " + bytes, 0, prlimit.waitFor());
    }
}
