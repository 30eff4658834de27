package org.kemari.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.itests.failover.TinyGuest;
import org.kemari.itests.guest.ConsoleClient;
import org.osgi.framework.Bundle;
import org.osgi.service.cm.Configuration;

/**
 * Bundles go under a guest that writes to its disk. The tiny guest's server answers an increment when its log has
 * reached the disk, so what a client was answered must be in the log.
 */
public class DiskPlugIT extends VmTest {
    private static final int ROUNDS = 5;

    /** Answers that show that the guest writes again after a bundle is back. */
    private static final int ANSWERS_BETWEEN = 20;

    private final AtomicInteger answered = new AtomicInteger();

    @Test
    public void requestsWaitWhileTheDisksBundleIsStopped() throws Exception {
        nothingIsLostWhileStopping("org.kemari.virtio-blk");
    }

    @Test
    public void requestsWaitWhileTheImagesBundleIsStopped() throws Exception {
        nothingIsLostWhileStopping("org.kemari.block-file");
    }

    @Test
    public void framesAreSentAgainAfterTheCardsBundleWasStopped() throws Exception {
        nothingIsLostWhileStopping("org.kemari.virtio-net");
    }

    private void nothingIsLostWhileStopping(String symbolicName) throws Exception {
        Path image = folder.resolve("log.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(1 << 20);
        }
        configure("org.kemari.network", "lan", new Hashtable<>(Map.of("name", "lan", "vni", 7)));
        int serverPort = ConsoleClient.freePort();
        int clientPort = ConsoleClient.freePort();
        Map<String, Object> properties = tiny("server", serverPort, "tiny.role=server tiny.ip=10.77.0.2");
        properties.put("disks", new String[] {image.toString()});
        Configuration server = configure(properties);
        Machine machine = awaitRunning("server");
        configure(tiny("client", clientPort, "tiny.role=client tiny.ip=10.77.0.3 tiny.server=10.77.0.2"));
        awaitRunning("client");

        AtomicBoolean enough = new AtomicBoolean();
        Bundle bundle = bundle(symbolicName);
        try (ConsoleClient console = ConsoleClient.connect(clientPort, Eventually.LIMIT)) {
            CompletableFuture<Void> traffic = CompletableFuture.runAsync(() -> increment(console, enough));
            try {
                awaitAnswers(traffic);
                for (int round = 0; round < ROUNDS; round++) {
                    bundle.stop();
                    int before = answered.get();
                    // The client asks again every 50 ms: meanwhile it has asked several times.
                    Thread.sleep(300);
                    assertTrue("answered without " + symbolicName, answered.get() <= before + 1);
                    bundle.start();
                    awaitAnswers(traffic);
                }
            } finally {
                enough.set(true);
                bundle.start();
            }
            traffic.get();
            console.type("GET k1\n");
            assertEquals(
                    String.valueOf(answered.get()),
                    console.await("\n", Eventually.LIMIT).trim());
        }
        assertSame(machine, machine("server").orElseThrow());

        server.delete();
        Eventually.await("the server is gone", () -> machine("server").isEmpty());
        // A console in a file has all from the first line on.
        Path said = folder.resolve("said.txt");
        properties.put("consoles", new String[] {"file:" + said});
        configure(properties);
        awaitRunning("server");
        Eventually.await(
                "the log has " + answered.get() + " records",
                () -> Files.exists(said) && Files.readString(said).contains("log: " + answered.get() + " records"));
    }

    private void awaitAnswers(CompletableFuture<Void> traffic) throws Exception {
        int wanted = answered.get() + ANSWERS_BETWEEN;
        Eventually.await("the client is answered", () -> {
            if (traffic.isCompletedExceptionally()) {
                traffic.get();
            }
            return answered.get() >= wanted;
        });
    }

    /** One increment after the other; each answer is the next number. */
    private void increment(ConsoleClient console, AtomicBoolean enough) {
        try {
            while (!enough.get()) {
                console.type("INCR k1\n");
                console.await((answered.get() + 1) + "\r\n", Eventually.LIMIT);
                answered.incrementAndGet();
            }
        } catch (IOException e) {
            throw new AssertionError("the client's console is gone", e);
        }
    }

    private Map<String, Object> tiny(String name, int port, String arguments) {
        Map<String, Object> properties = new Hashtable<>();
        properties.put("name", name);
        properties.put("kernel", TinyGuest.elf().toString());
        properties.put("firmware", "none");
        properties.put("memory", "16M");
        properties.put("append", arguments);
        properties.put("nics", new String[] {"lan"});
        properties.put("consoles", new String[] {"tcp:127.0.0.1:" + port});
        return properties;
    }
}
