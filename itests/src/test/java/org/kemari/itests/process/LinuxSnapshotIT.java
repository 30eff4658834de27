package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** Linux goes on from a snapshot that another process took of it. */
public class LinuxSnapshotIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

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

    private static Container restored(Path snapshot) {
        List<String> line = new ArrayList<>(List.of("run"));
        line.addAll(LinuxSnapshot.options(snapshot));
        return Container.start("restored", line.toArray(String[]::new));
    }
}
