package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Linux goes on from a snapshot that another process took of it. */
public class LinuxSnapshotIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void restoredLinuxAnswersAtItsConsoleAndPowersOff() throws Exception {
        try (Container vm = restored(LinuxSnapshot.taken())) {
            // The shell's arithmetic: the terminal's echo alone would not give the sum.
            vm.type("echo sum $((40 + 2)) of $(uname -m)\n");
            vm.awaitLine("^sum 42 of riscv64$", LIMIT);
            vm.type("cat /proc/uptime\n");
            String uptime = vm.awaitLine("^[0-9.]+ [0-9.]+$", LIMIT);
            assertTrue("it has started anew: " + uptime, Double.parseDouble(uptime.split(" ")[0]) > 1);
            vm.type("poweroff -f\n");
            assertEquals(vm.tail(), 0, vm.awaitExit(LIMIT));
            assertTrue(vm.tail(), vm.line("reboot: Power down").isPresent());
            assertFalse(
                    "it has started anew: " + vm.tail(), vm.line("GUEST-READY").isPresent());
        }
    }

    /** A file system, processes and the clock are those of the moment, as often as it is restored. */
    @Test
    public void twoThatAreRestoredFromOneSnapshotGoTheirOwnWays() throws Exception {
        Path snapshot = LinuxSnapshot.taken();
        try (Container left = restored(snapshot);
                Container right = restored(snapshot)) {
            left.type("echo left > /tmp/mine; sleep 1; echo $(cat /tmp/mine)-hand\n");
            right.type("sleep 1; cat /tmp/mine || echo none-$((1 + 1))\n");
            left.awaitLine("^left-hand$", LIMIT);
            right.awaitLine("^none-2$", LIMIT);
        }
    }

    /** What the restored machine's own port gives, not what the first one had been given. */
    @Test
    public void entropyOfTwoThatAreRestoredIsTheHostsAndDiffers() throws Exception {
        Path snapshot = LinuxSnapshot.taken();
        try (Container left = restored(snapshot);
                Container right = restored(snapshot)) {
            Set<String> seen = new HashSet<>();
            for (Container vm : List.of(left, right)) {
                vm.type("echo source $(cat /sys/class/misc/hw_random/rng_current)\n");
                vm.awaitLine("^source virtio_rng\\.0$", LIMIT);
                for (int read = 1; read <= 2; read++) {
                    // More than the kernel has in store from before the snapshot.
                    vm.type("echo read$((" + read + ")) $(dd if=/dev/hwrng bs=64 count=64 2>/dev/null | wc -c)"
                            + " $(dd if=/dev/hwrng bs=16 count=1 2>/dev/null | od -An -tx1 | tr -d ' ')\n");
                    String line = vm.awaitLine("^read" + read + " 4096 [0-9a-f]{32}$", LIMIT);
                    String bytes = line.substring(line.lastIndexOf(' ') + 1);
                    assertTrue(line + " was seen before", seen.add(bytes));
                    assertTrue(line, !bytes.equals("0".repeat(32)));
                }
            }
        }
    }

    private Container restored(Path snapshot) throws IOException {
        List<String> line = new ArrayList<>(List.of("run", "--restore", snapshot.toString()));
        line.addAll(LinuxVm.options(LinuxVm.disk(folder.newFolder().toPath())));
        return Container.start("restored", line.toArray(String[]::new));
    }
}
