package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.guest.EchoGuest;
import org.kemari.launcher.Distribution;
import org.kemari.launcher.OsgiContainer;

/** A container in this JVM, by files in its {@code etc} alone; once it has stopped, nothing is left of it. */
public class EverythingStoppedIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Path folder;

    @Before
    public void makeFolder() throws IOException {
        folder = Files.createTempDirectory("kemari-stop-");
    }

    @After
    public void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    public void stoppedContainerLeavesNoThreadPortOrFileOpen() throws Exception {
        int console = ConsoleClient.freePort();
        int network = ConsoleClient.freePort();
        int replication = ConsoleClient.freePort();
        Path etc = Files.createDirectories(folder.resolve("etc"));
        Path kernel = EchoGuest.write(folder.resolve("echo.elf"));
        Path disk = Files.write(folder.resolve("disk.img"), new byte[1 << 20]);
        Files.writeString(
                etc.resolve("org.kemari.network-lan.cfg"), "name=lan\nvni=9\nlisten=127.0.0.1:" + network + "\n");
        Files.writeString(
                etc.resolve("org.kemari.vm-echo.cfg"),
                "name=echo\nkernel=" + kernel + "\nfirmware=none\nmemory=16M\nconsoles=tcp:127.0.0.1:" + console
                        + "\ndisks=" + disk + "\nnics=lan\nrng=true\n");
        // A backup listens, so that the transport has its port and threads, too.
        Files.writeString(
                etc.resolve("org.kemari.vm-standby.cfg"),
                "name=standby\nkernel=" + kernel + "\nfirmware=none\nmemory=16M\nautostart=false\n");
        Files.writeString(
                etc.resolve("org.kemari.ft-standby.cfg"),
                "vm=standby\nrole=backup\nmode=event\nlisten=127.0.0.1:" + replication
                        + "\narbiter=file\narbiter.location=" + folder + "\n");

        // What a JVM starts once and for all is started before: the first container may do that.
        runOnce(etc, console, replication);
        Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
        runOnce(etc, console, replication);

        awaitNoNewThread(threadsBefore);
        assertEquals(List.of(), openFilesIn(folder));
        for (int port : new int[] {console, replication}) {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        }
        new DatagramSocket(network, InetAddress.getLoopbackAddress()).close();
    }

    private void runOnce(Path etc, int console, int replication) throws Exception {
        Distribution distribution = new Distribution(Container.distribution());
        Path cache = folder.resolve("cache");
        try (OsgiContainer container = OsgiContainer.createWithoutCommandLine(distribution, cache, Optional.of(etc))) {
            container.start();
            try (ConsoleClient person = ConsoleClient.connect(console, LIMIT)) {
                person.type("hello");
                person.await("hello", LIMIT);
            }
            ConsoleClient.connect(replication, LIMIT).close();
            assertTrue("the container did not stop in time", container.stop(LIMIT));
        }
    }

    private static void awaitNoNewThread(Set<Thread> before) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + 10_000_000_000L;
        while (true) {
            Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
            left.removeAll(before);
            if (left.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadlineNanos) {
                StringBuilder text = new StringBuilder("threads left:");
                for (Thread thread : left) {
                    text.append("\n").append(thread);
                    for (StackTraceElement element : thread.getStackTrace()) {
                        text.append("\n    at ").append(element);
                    }
                }
                throw new AssertionError(text);
            }
            Thread.sleep(20);
        }
    }

    /** Files in {@code folder} that this process has open; none where the system does not tell. */
    private static List<String> openFilesIn(Path folder) throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        List<String> open = new ArrayList<>();
        if (Files.isDirectory(descriptors)) {
            try (Stream<Path> links = Files.list(descriptors)) {
                for (Path link : links.toList()) {
                    String target =
                            Files.exists(link) ? Files.readSymbolicLink(link).toString() : "";
                    if (target.startsWith(folder.toString())) {
                        open.add(target);
                    }
                }
            }
        }
        return open;
    }
}
