package org.kemari.itests.failover;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Set;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.kemari.itests.process.Container;

/** What becomes of a pair when one side or the link between them goes. */
public class PairIT {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void backupKilledThenThePrimaryGoesOnAndIsProtectedAgainByANewBackup() throws Exception {
        int port = ProtectedPair.freePort();
        try (ProtectedPair pair = new ProtectedPair(folder.getRoot().toPath())) {
            Container first = pair.startBackup(port);
            pair.startPrimary(port);
            pair.awaitState("primary", "PROTECTED");
            first.kill();
            pair.await(
                    "the primary to go on alone",
                    "primary",
                    () -> Set.of("UNPROTECTED", "CONNECTING").contains(pair.protectionState("primary")));
            assertEquals("RUNNING", pair.machineState("primary"));
            pair.startBackup(port);
            pair.awaitState("primary", "PROTECTED");
            pair.awaitState("backup2", "PROTECTED");
            assertEquals("RUNNING", pair.machineState("primary"));
        }
    }

    @Test
    public void primaryKilledThenTheBackupRunsTheGuest() throws Exception {
        int port = ProtectedPair.freePort();
        try (ProtectedPair pair = new ProtectedPair(folder.getRoot().toPath())) {
            pair.startBackup(port);
            Container primary = pair.startPrimary(port);
            pair.awaitState("backup1", "PROTECTED");
            primary.kill();
            pair.awaitState("backup1", "UNPROTECTED");
            assertEquals("RUNNING", pair.machineState("backup1"));
        }
    }

    @Test
    public void bothSidesSeeACutLinkThenExactlyOneGoesLive() throws Exception {
        int port = ProtectedPair.freePort();
        try (ProtectedPair pair = new ProtectedPair(folder.getRoot().toPath());
                CuttableLink link = new CuttableLink(port)) {
            pair.startBackup(port);
            pair.startPrimary(link.port());
            pair.awaitState("primary", "PROTECTED");
            pair.awaitState("backup1", "PROTECTED");
            link.cut();
            Set<String> settled = Set.of("UNPROTECTED", "FENCED", "CONNECTING");
            pair.await(
                    "both sides to settle",
                    "primary",
                    () -> settled.contains(pair.protectionState("primary"))
                            && Set.of("UNPROTECTED", "FENCED").contains(pair.protectionState("backup1")));
            boolean primaryRuns = "RUNNING".equals(pair.machineState("primary"));
            boolean backupRuns = "RUNNING".equals(pair.machineState("backup1"));
            assertTrue(
                    "exactly one must run: primary " + pair.machineState("primary") + ", backup "
                            + pair.machineState("backup1"),
                    primaryRuns ^ backupRuns);
        }
    }
}
