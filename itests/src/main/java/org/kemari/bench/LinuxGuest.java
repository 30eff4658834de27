package org.kemari.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fetched Linux guest, for the peer's command line. */
final class LinuxGuest {
    static final String APPEND = "console=ttyS0 quiet kemari.off=yes";

    private LinuxGuest() {}

    static Path folder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("kemari").resolve("guests").resolve("linux");
    }

    static List<String> peerCommand(Path qemu, Path guest) {
        return peerCommand(qemu, guest, APPEND, List.of());
    }

    static List<String> peerCommand(Path qemu, Path guest, String append, List<String> devices) {
        List<String> command = new ArrayList<>(List.of(
                qemu.toString(),
                "-M",
                "virt",
                "-m",
                "512",
                "-nographic",
                "-no-reboot",
                "-kernel",
                guest.resolve("Image").toString(),
                "-initrd",
                guest.resolve("initramfs.cpio.gz").toString(),
                "-append",
                append));
        command.addAll(devices);
        return command;
    }
}
