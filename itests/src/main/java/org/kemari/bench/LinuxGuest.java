package org.kemari.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fetched Linux guest, for the peer's command line and ours. */
final class LinuxGuest {
    static final String APPEND = "console=ttyS0 quiet kemari.off=yes";

    private static final String MEMORY_MIB = "512";

    private LinuxGuest() {}

    static Path folder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("kemari").resolve("guests").resolve("linux");
    }

    /** What {@code kemari} is told to run it, with these further options. */
    static List<String> ourCommand(Path guest, String append, String... options) {
        List<String> command = new ArrayList<>(List.of("run"));
        command.addAll(ourOptions(guest, append));
        command.addAll(List.of(options));
        return command;
    }

    /** The machine without a verb. */
    static List<String> ourOptions(Path guest, String append) {
        return List.of(
                "--kernel",
                guest.resolve("Image").toString(),
                "--initrd",
                guest.resolve("initramfs.cpio.gz").toString(),
                "--memory",
                MEMORY_MIB + "M",
                "--append",
                append);
    }

    /**
     * A raw image as the peer's disk. Its cache is the host's page cache, and a flush reaches the medium: as with ours.
     */
    static List<String> peerDisk(Path image, boolean readOnly) {
        return List.of(
                "-drive",
                "file=" + image + ",format=raw,if=none,cache=writeback,readonly=" + (readOnly ? "on" : "off")
                        + ",id=d0",
                "-device",
                "virtio-blk-device,drive=d0");
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
                MEMORY_MIB,
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
