package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a Linux guest is started for, and the disk that it has for it. */
enum GuestProgram {
    /** Redis, which writes to the disk before it answers. */
    REDIS(64L << 20, Optional.empty(), "GUEST-READY"),
    /** {@code load.elf} as a server, on TCP port 7000. */
    SERVE(64L << 10, Optional.of("serve"), "WORK serving"),
    /** {@code load.elf}, which computes and tells of each piece of work that is done. */
    COMPUTE(64L << 10, Optional.of("compute"), "WORK turn"),
    /** {@code load.elf} with the rest of the disk that it is read from, twice. */
    DISK(160L << 20, Optional.of("disk&&/load+disk"), "GUEST-READY");

    static final int REDIS_PORT = 6379;
    static final int SERVE_PORT = 7000;

    private final long diskBytes;
    private final Optional<String> load;
    private final String readyLine;

    GuestProgram(long diskBytes, Optional<String> load, String readyLine) {
        this.diskBytes = diskBytes;
        this.load = load;
        this.readyLine = readyLine;
    }

    /** What the console says once it can be asked. */
    String readyLine() {
        return readyLine;
    }

    /** The kernel's command line, with a network card of this address. */
    String append(String address) {
        return append() + " kemari.ip=" + address + "/24";
    }

    /** The kernel's command line, without a network. */
    String append() {
        // A plus stands for a space. The program is read from the disk itself: this needs nothing of the ramdisk.
        String command = load.map(argument ->
                        " kemari.cmd=dd+if=/dev/vda+of=/load+bs=64k+count=1" + "&&chmod+755+/load&&/load+" + argument)
                .orElse(" kemari.redis=yes");
        return "console=ttyS0 quiet" + command;
    }

    /** Makes the image anew; sparse. */
    Path writeDisk(Bench bench, Path image) throws IOException {
        byte[] program = load.isPresent() ? Files.readAllBytes(bench.program("load.elf")) : new byte[0];
        return PaddedImage.write(image, program, diskBytes);
    }
}
