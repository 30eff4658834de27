package org.kemari.itests.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;

/**
 * The VM that {@link LinuxSnapshot} is taken of and fits: one hart, {@link LinuxGuest#MEMORY}, a serial line, a disk that
 * the guest has not mounted, a card with the address {@value #ADDRESS}, and a source of entropy.
 */
public final class LinuxVm {
    public static final String NAME = "linux";
    public static final String ADDRESS = "10.77.0.9";

    /** The virtual network at which its card is. */
    public static final String NETWORK = "lan";

    /** The kernel's words; what else is said on the console comes from /init. */
    static final String APPEND = "console=ttyS0 quiet kemari.ip=" + ADDRESS + "/24";

    private static final int DISK_BYTES = 64 << 20;

    /** Not blank, so that /init leaves the disk alone: each restored guest finds it as the first one has left it. */
    private static final String DISK_LABEL = "a disk for the tests of Kemari";

    private LinuxVm() {}

    /** Makes its disk as it was when the snapshot was taken. */
    public static Path disk(Path folder) throws IOException {
        Path image = folder.resolve("linux.img");
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(DISK_LABEL.getBytes(StandardCharsets.US_ASCII)));
            file.write(ByteBuffer.allocate(1), DISK_BYTES - 1);
        }
        return image;
    }

    /** Properties of its factory configuration, all but kernel, initrd, append and restore. */
    public static Map<String, Object> properties(Path disk, int consolePort) {
        Map<String, Object> properties = new Hashtable<>();
        properties.put("name", NAME);
        properties.put("memory", LinuxGuest.MEMORY);
        properties.put("disks", new String[] {disk.toString()});
        properties.put("nics", new String[] {NETWORK});
        properties.put("rng", true);
        properties.put("consoles", new String[] {"tcp:127.0.0.1:" + consolePort});
        return properties;
    }

    /** The same as options, with its console on the terminal. */
    static List<String> options(Path disk) {
        return List.of(
                "--name",
                NAME,
                "--memory",
                LinuxGuest.MEMORY,
                "--disk",
                disk.toString(),
                "--nic",
                NETWORK,
                "--network",
                NETWORK + ",vni=7",
                "--rng");
    }

    /** The same as a file for {@code etc/}. */
    static String file(Path disk, int consolePort) {
        StringBuilder text = new StringBuilder();
        properties(disk, consolePort)
                .forEach((key, value) -> text.append(key)
                        .append('=')
                        .append(value instanceof String[] many ? many[0] : value)
                        .append('\n'));
        return text.toString();
    }
}
