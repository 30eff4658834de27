package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * The demonstration with a client on the host: the other part of the network is a Linux kernel's vxlan device, which
 * learns where the guest is as any switch does, and so sees whether a failover tells the network.
 */
public class HostClientIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final long GONE_SECONDS = 10;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Before
    public void devicesCanBeMade() throws Exception {
        assumeTrue(
                "needs root, iproute2 and util-linux: a vxlan device in a network namespace cannot be made here",
                succeeds("unshare", "--net", "ip", "link", "add", "vx0", "type", "vxlan", "id", "7", "dstport", "4789")
                        && succeeds("bridge", "-V")
                        && succeeds("nsenter", "--version"));
    }

    @Test
    public void clientOnTheHostLosesNothingWhenThePrimaryIsKilledAndLeavesNoDeviceBehind() throws Exception {
        Path report = folder.getRoot().toPath().resolve("host.json");
        try (Container demo = Container.start(
                "demo",
                "demo",
                "--guest",
                "tiny",
                "--client",
                "host",
                "--seconds",
                "4",
                "--report",
                report.toString())) {
            long pid = demo.pid();
            assertEquals(demo.tail(), 0, demo.awaitExit(LIMIT));
            JsonObject figures = JsonParser.object().from(Files.readString(report));
            assertEquals("survived", figures.getString("outcome"));
            assertEquals(0, figures.getLong("lost"));
            assertEquals(0, figures.getLong("connectionResets"));
            assertTrue("too little traffic to prove anything", figures.getLong("acked") >= 20);
            awaitGone("kemari" + pid);
        }
    }

    @Test
    public void demoThatIsKilledItselfLeavesNoDeviceBehind() throws Exception {
        try (Container demo = Container.start("demo", "demo", "--guest", "tiny", "--client", "host")) {
            demo.awaitLine("vxlan device", LIMIT);
            String device = "kemari" + demo.pid();
            assertTrue(device + " is not there", present(device));
            demo.kill();
            awaitGone(device);
        }
    }

    /** The kernel takes a namespace down a moment after its last process has ended. */
    private static void awaitGone(String device) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GONE_SECONDS);
        while (present(device)) {
            assertTrue(device + " is still there", System.nanoTime() - end < 0);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static boolean present(String device) throws IOException {
        try (Stream<Path> devices = Files.list(Path.of("/sys/class/net"))) {
            return devices.anyMatch(each -> each.endsWith(device));
        }
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // No such command.
        }
    }
}
