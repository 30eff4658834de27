package org.kemari.itests.process;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.BeforeClass;
import org.junit.Test;

/** Firmware that others wrote runs in M-mode and starts Linux: OpenSBI, as Debian builds it. */
public class OpenSbiIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Path FOLDER =
            Path.of(System.getProperty("kemari.opensbi", "/usr/lib/riscv64-linux-gnu/opensbi/generic"));
    private static final String BANNER = "OpenSBI v[0-9]";

    private static LinuxGuest linux;

    @BeforeClass
    public static void firmwareIsThere() {
        for (String file : List.of("fw_dynamic.bin", "fw_jump.elf")) {
            assumeTrue(
                    FOLDER.resolve(file) + " is missing: install Debian's package opensbi, or name its folder with"
                            + " -Dkemari.opensbi=DIR",
                    Files.isReadable(FOLDER.resolve(file)));
        }
        linux = LinuxGuest.fetch();
    }

    @Test
    public void linuxBootsAndPowersOffOverFirmwareThatIsToldWhereItsKernelLies() {
        try (Container vm = start("fw_dynamic.bin", "console=ttyS0 quiet kemari.off=yes")) {
            assertEquals(vm.tail(), 0, vm.awaitExit(LIMIT));
            List<String> said = vm.lines();
            int banner = indexOf(said, BANNER);
            int ready = indexOf(said, "^GUEST-READY [0-9]");
            assertTrue(vm.tail(), banner >= 0 && banner < ready && ready < indexOf(said, "reboot: Power down"));
        }
    }

    /** Linux tells which SBI it met only if that answers its calls, so the early console through it is enough here. */
    @Test
    public void firmwareThatIsAnElfAndKnowsItsKernelsPlaceStartsLinux() {
        try (Container vm = start("fw_jump.elf", "earlycon=sbi")) {
            vm.awaitLine(BANNER, LIMIT);
            vm.awaitLine("Linux version", LIMIT);
            vm.awaitLine("SBI implementation ID=0x1 ", LIMIT); // OpenSBI's number in the SBI specification, "Base"
        }
    }

    private static Container start(String firmware, String append) {
        return Container.start(
                firmware,
                "run",
                "--firmware",
                FOLDER.resolve(firmware).toString(),
                "--kernel",
                linux.kernel().toString(),
                "--initrd",
                linux.initrd().toString(),
                "--append",
                append,
                "--memory",
                LinuxGuest.MEMORY);
    }

    private static int indexOf(List<String> lines, String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        for (int i = 0; i < lines.size(); i++) {
            if (wanted.matcher(lines.get(i)).find()) {
                return i;
            }
        }
        return -1;
    }
}
