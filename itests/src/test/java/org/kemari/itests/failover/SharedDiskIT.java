package org.kemari.itests.failover;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.kemari.itests.process.Container;

/**
 * Primary and backup reach one image. The guest answers an increment when its record has reached the disk; to the one
 * image a record may go only when the backup has the state that wrote it.
 */
public class SharedDiskIT {
    /** Increments before the kill, at least and at most; well below what the log has room for. */
    private static final int EARLIEST_KILL = 20;

    private static final int LATEST_KILL = 150;

    /** Exit status of a host whose VM goes on elsewhere. */
    private static final int FENCED = 3;

    /** Increments after the kill. */
    private static final int AFTER = 30;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path image;

    @Before
    public void makeImage() throws IOException {
        image = TinyLog.blank(folder.getRoot().toPath().resolve("shared.img"));
    }

    @Test
    public void primaryKilledThenTheImageHoldsEveryAnsweredIncrementAndEachOnce() throws Exception {
        long seed = Long.getLong("kemari.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        int killAt = EARLIEST_KILL + new Random(seed).nextInt(LATEST_KILL - EARLIEST_KILL);
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        try (ProtectedPair pair = pair()) {
            int port = ProtectedPair.freePort();
            pair.startBackup(port);
            Container primary = pair.startPrimary(port);
            Container client = client(pair);
            pair.awaitState("primary", "PROTECTED");
            pair.awaitState("backup1", "PROTECTED");
            CompletableFuture<Void> traffic = CompletableFuture.runAsync(() -> {
                while (!enough.get()) {
                    increment(client, answered.get() + 1);
                    answered.incrementAndGet();
                }
            });
            try {
                awaitAnswers(pair, answered, killAt, traffic);
                int before = answered.get();
                primary.kill();
                int found = TinyLog.counts(Files.readAllBytes(image)).size();
                assertTrue(before + " answered, " + found + " in the image", found >= before);
                awaitAnswers(pair, answered, answered.get() + AFTER, traffic);
            } finally {
                enough.set(true);
            }
            traffic.get();
            assertEquals("UNPROTECTED", pair.protectionState("backup1"));
            assertEquals("RUNNING", pair.machineState("backup1"));
        }
        assertLogIsWhole(answered.get());
    }

    @Test
    public void nothingThatTheBackupDoesNotKnowReachesTheImage() throws Exception {
        try (ProtectedPair pair = pair()) {
            int port = ProtectedPair.freePort();
            Container backup = pair.startBackup(port);
            // The primary waits for its backup, however long that hangs.
            Container primary = pair.startPrimary(port, "heartbeat.limit.ms=60000");
            Container client = client(pair);
            pair.awaitState("primary", "PROTECTED");
            pair.awaitState("backup1", "PROTECTED");
            for (int i = 1; i <= 5; i++) {
                increment(client, i);
            }
            long start = pair.instructionsFromNowOn("primary");
            increment(client, 6);
            long perIncrement = pair.instructionsFromNowOn("primary") - start;
            byte[] known = Files.readAllBytes(image);
            assertEquals(6, TinyLog.counts(known).size());

            backup.freeze();
            int line = client.lineCount();
            long frozen = pair.instructionsFromNowOn("primary");
            client.type("INCR k0\n");
            // Most of an increment is what comes before its write. Then the guest waits for its disk, until even the
            // client's next questions find no buffer any more.
            pair.await("the guest to write its record and wait", "primary", () -> {
                long now = pair.instructions("primary");
                return now >= frozen + perIncrement / 2 && pair.instructionsFromNowOn("primary") == now;
            });
            assertArrayEquals("the image has what the backup knows not", known, Files.readAllBytes(image));
            primary.kill();
            assertArrayEquals("the image has what the backup knows not", known, Files.readAllBytes(image));
            assertEquals("the client was answered", List.of(), answers(client, line));

            backup.thaw();
            client.awaitLine("^7$", line, ProtectedPair.LIMIT);
            increment(client, 8);
        }
        assertLogIsWhole(8);
    }

    @Test
    public void aPrimaryThatStoodStillWritesNothingOnceItsBackupIsLive() throws Exception {
        int port = ProtectedPair.freePort();
        try (ProtectedPair pair = pair();
                CuttableLink link = new CuttableLink(port)) {
            // Long enough for a busy machine, and far shorter than the primary's.
            Container backup = pair.startBackup(port, "--heartbeat-limit", "3000");
            Container primary = pair.startPrimary(link.port(), "heartbeat.limit.ms=60000");
            Container client = client(pair);
            pair.awaitState("primary", "PROTECTED");
            pair.awaitState("backup1", "PROTECTED");
            for (int i = 1; i <= 5; i++) {
                increment(client, i);
            }
            // The transaction of the next record is sent, and its acknowledgement comes when the primary stands still.
            backup.freeze();
            long frozen = pair.instructionsFromNowOn("primary");
            client.type("INCR k0\n");
            pair.await("the guest to write its record and wait", "primary", () -> {
                long now = pair.instructions("primary");
                return now > frozen && pair.instructionsFromNowOn("primary") == now;
            });
            primary.freeze();
            link.hideEnds();
            backup.thaw();
            pair.awaitState("backup1", "UNPROTECTED");
            client.awaitLine("^6$", ProtectedPair.LIMIT);
            increment(client, 7);
            // Whatever the primary still writes would be what is there already: only on blank sectors it shows.
            byte[] blank = new byte[(int) Files.size(image)];
            Files.write(image, blank, StandardOpenOption.WRITE);
            primary.thaw();
            pair.await(
                    "the primary to end, or to write",
                    "primary",
                    () -> !primary.alive() || !Arrays.equals(blank, Files.readAllBytes(image)));
            assertArrayEquals("written by a host that has lost the VM", blank, Files.readAllBytes(image));
            assertEquals(FENCED, primary.awaitExit(ProtectedPair.LIMIT));
            assertArrayEquals("written by a host that has lost the VM", blank, Files.readAllBytes(image));
            increment(client, 8);
        }
    }

    private ProtectedPair pair() throws IOException {
        return new ProtectedPair(folder.getRoot().toPath(), "--disk", image + ",shared");
    }

    private static Container client(ProtectedPair pair) {
        Container client = pair.startClient();
        client.awaitLine("GUEST-READY", ProtectedPair.LIMIT);
        return client;
    }

    /** Each answer comes once, so it need not be looked for behind a certain line. */
    private static void increment(Container client, int expected) {
        client.type("INCR k0\n");
        client.awaitLine("^" + expected + "$", ProtectedPair.LIMIT);
    }

    private static List<String> answers(Container client, int firstLine) {
        List<String> lines = client.lines();
        return lines.subList(firstLine, lines.size()).stream()
                .filter(line -> line.matches("[0-9]+"))
                .toList();
    }

    private static void awaitAnswers(
            ProtectedPair pair, AtomicInteger answered, int wanted, CompletableFuture<Void> traffic)
            throws IOException {
        pair.await("answer " + wanted, "backup1", () -> {
            if (traffic.isCompletedExceptionally()) {
                traffic.join();
            }
            return answered.get() >= wanted;
        });
    }

    /** One record for each answer, in order, and no more. */
    private void assertLogIsWhole(int answered) throws IOException {
        assertEquals(LongStream.rangeClosed(1, answered).boxed().toList(), TinyLog.counts(Files.readAllBytes(image)));
    }
}
