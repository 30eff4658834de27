package org.kemari.itests.container;

import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Map;
import org.junit.Test;
import org.kemari.api.machine.Machine;
import org.kemari.itests.failover.TinyGuest;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.itests.process.LinuxSnapshot;
import org.kemari.itests.process.LinuxVm;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.service.cm.Configuration;

/** Bundles go and come under a Linux that works with what they drive: it notices a pause at most. */
public class LinuxPlugIT extends VmTest {
    private static final String SNAPSHOT = "kemari.itests.linux";
    private static final String PEER_ADDRESS = "10.77.0.3";
    private static final int ROUNDS = 4;

    /** An emulated Linux on a busy machine. */
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /**
     * Kernel's words about a device that does not do what it should. Not among them is that a card was silent for more
     * than five seconds: on a busy machine that is the pause which the guest may notice.
     */
    private static final String TROUBLE =
            "I/O error|blk_update_request|EXT4-fs (error|warning)|blocked for more|virtio.*fail";

    /** Takes the snapshot outside of the container, in which the launcher's classes are not there. */
    @Override
    @org.ops4j.pax.exam.Configuration
    public Option[] container() throws IOException {
        Option[] all = super.container();
        Option[] options = Arrays.copyOf(all, all.length + 1);
        options[all.length] = systemProperty(SNAPSHOT).value(snapshot().toString());
        return options;
    }

    private static Path snapshot() throws IOException {
        try {
            return LinuxSnapshot.taken().toAbsolutePath();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("no snapshot of a Linux could be taken", e);
        }
    }

    @Test
    public void diskRequestsWaitWhileItsBundleIsStoppedAndNothingIsLost() throws Exception {
        Path disk = LinuxVm.disk(folder);
        int port = ConsoleClient.freePort();
        Configuration configuration = linux(disk, port);
        Machine machine = awaitRunning(LinuxVm.NAME);
        int lines;
        try (ConsoleClient shell = ConsoleClient.connect(port, LIMIT)) {
            shell.type(
                    "mke2fs -i 65536 /dev/vda 8192 >/dev/null && mount -t ext4 /dev/vda /mnt && echo made-$((1 + 1))\n");
            shell.await("made-2", LIMIT);
            // Each line is on the disk before the next: a disk that does not answer stops the writer.
            shell.type(
                    "echo 0 > /tmp/done; w() { i=0; while [ ! -e /tmp/stop ]; do i=$((i + 1)); echo record $i >> /mnt/log;"
                            + " sync; echo $i > /tmp/next; mv /tmp/next /tmp/done; done; echo wrote-$i.; }; w &\n");
            int done = 0;
            for (int round = 0; round < ROUNDS; round++) {
                done = awaitMore(shell, done + 10);
                Bundle bundle = bundle("org.kemari.virtio-blk");
                bundle.stop();
                try {
                    int first = done(shell);
                    // A guest that could write would have written many by then; it answers all the same.
                    Thread.sleep(500);
                    int later = done(shell);
                    assertTrue("written without a disk: " + first + " to " + later, later <= first + 1);
                } finally {
                    bundle.start();
                }
            }
            awaitMore(shell, done + 10);
            shell.type("touch /tmp/stop\n");
            lines = Integer.parseInt(number(shell.await(".\r\n", LIMIT), "wrote-"));
            assertTrue(lines + " lines", lines > ROUNDS * 10);
            // Read anew, from the disk.
            shell.type("umount /mnt; mount -t ext4 /dev/vda /mnt; seq " + lines
                    + " | sed 's/^/record /' | cmp - /mnt/log && echo same-$((1 + 1)); umount /mnt\n");
            shell.await("same-2", LIMIT);
            assertNoTrouble(shell);
        }
        assertSame(machine, machine(LinuxVm.NAME).orElseThrow());
        configuration.delete();
        Eventually.await("the VM is gone", () -> machine(LinuxVm.NAME).isEmpty());
        String image = Files.readString(disk, StandardCharsets.ISO_8859_1);
        assertTrue("the image lacks the last record", image.contains("\nrecord " + lines + "\n"));
    }

    @Test
    public void framesGoOnAfterTheCardsBundleWasStopped() throws Exception {
        int port = ConsoleClient.freePort();
        configure("org.kemari.network", LinuxVm.NETWORK, new Hashtable<>(Map.of("name", LinuxVm.NETWORK, "vni", 7)));
        linux(LinuxVm.disk(folder), port);
        configure(peer());
        Machine machine = awaitRunning(LinuxVm.NAME);
        awaitRunning("peer");
        try (ConsoleClient shell = ConsoleClient.connect(port, LIMIT)) {
            Bundle bundle = bundle("org.kemari.virtio-net");
            for (int round = 0; round < ROUNDS; round++) {
                shell.type("until ping -c 1 -W 5 " + PEER_ADDRESS + " >/dev/null; do :; done; echo reached-$((" + round
                        + ")).\n");
                shell.await("reached-" + round + ".\r\n", LIMIT);
                bundle.stop();
                try {
                    shell.type("ping -c 1 -W 1 " + PEER_ADDRESS + " >/dev/null || echo silent-$((1 + 1))\n");
                    shell.await("silent-2", LIMIT);
                } finally {
                    bundle.start();
                }
            }
            shell.type("until ping -c 3 -W 5 " + PEER_ADDRESS + " | grep ' 0% packet loss'; do :; done;"
                    + " echo back-$((1 + 1))\n");
            shell.await("back-2", LIMIT);
            assertNoTrouble(shell);
        }
        assertSame(machine, machine(LinuxVm.NAME).orElseThrow());
    }

    private Configuration linux(Path disk, int port) throws IOException {
        Map<String, Object> properties = LinuxVm.properties(disk, port);
        properties.put("restore", System.getProperty(SNAPSHOT));
        return configure(properties);
    }

    /** Answers echo requests. */
    private Map<String, Object> peer() {
        Map<String, Object> properties = new Hashtable<>();
        properties.put("name", "peer");
        properties.put("kernel", TinyGuest.elf().toString());
        properties.put("firmware", "none");
        properties.put("memory", "16M");
        properties.put("append", "tiny.role=server tiny.ip=" + PEER_ADDRESS);
        properties.put("nics", new String[] {LinuxVm.NETWORK});
        properties.put("consoles", new String[] {"none"});
        return properties;
    }

    /** Records that the guest knows to be on its disk. */
    private static int done(ConsoleClient shell) throws IOException {
        shell.type("echo done-$(cat /tmp/done).\n");
        String said = shell.await(".\r\n", LIMIT);
        while (!said.matches("(?s).*done-[0-9]+\\.\r\n")) {
            said = shell.await(".\r\n", LIMIT); // The first was the terminal's echo.
        }
        return Integer.parseInt(number(said, "done-"));
    }

    private static int awaitMore(ConsoleClient shell, int wanted) throws IOException {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        int done = done(shell);
        while (done < wanted) {
            assertTrue("only " + done + " of " + wanted + " were written", System.nanoTime() - deadlineNanos < 0);
            done = done(shell);
        }
        return done;
    }

    private static String number(String said, String before) {
        return said.substring(said.lastIndexOf(before) + before.length()).replaceFirst("[^0-9].*(?s:.*)", "");
    }

    /** The number alone, since the terminal's echo of the command has all the words that are looked for. */
    private static void assertNoTrouble(ConsoleClient shell) throws IOException {
        shell.type("echo trouble-$(dmesg | grep -cE '" + TROUBLE + "').\n");
        String said = shell.await(".\r\n", LIMIT);
        while (!said.matches("(?s).*trouble-[0-9]+\\.\r\n")) {
            said = shell.await(".\r\n", LIMIT);
        }
        if (!said.endsWith("trouble-0.\r\n")) {
            shell.type("dmesg | tail -n 40; echo told-$((1 + 1))\n");
            throw new AssertionError(shell.await("told-2", LIMIT));
        }
    }
}
