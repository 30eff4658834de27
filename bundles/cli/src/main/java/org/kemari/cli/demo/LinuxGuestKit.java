package org.kemari.cli.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Debian's kernel with Redis, and a second one with redis-cli. */
record LinuxGuestKit(Path kernel, Path initrd, long serverMebibytes, int benchmarkRequests) implements GuestKit {
    static final String SERVER_IP = "10.77.0.2";
    private static final String CLIENT_IP = "10.77.0.3";
    private static final long DISK_BYTES = 64 << 20;
    private static final long CLIENT_MEBIBYTES = 192;

    @Override
    public String name() {
        return "linux";
    }

    /** The guest's /init makes a file system on an empty disk. */
    @Override
    public OptionalLong diskBytes() {
        return OptionalLong.of(DISK_BYTES);
    }

    @Override
    public long clientMebibytes() {
        return CLIENT_MEBIBYTES;
    }

    @Override
    public List<String> serverOptions() {
        return options("kemari.ip=" + SERVER_IP + "/24 kemari.redis=yes");
    }

    @Override
    public List<String> clientOptions() {
        return options("kemari.ip=" + CLIENT_IP + "/24");
    }

    @Override
    public List<String> hostClientOptions() {
        return List.of(
                "--protocol",
                "redis",
                "--server",
                SERVER_IP + ":" + RedisConsoleClient.PORT,
                "--requests",
                Integer.toString(benchmarkRequests));
    }

    private List<String> options(String guestArguments) {
        return List.of(
                "--kernel",
                kernel.toString(),
                "--initrd",
                initrd.toString(),
                "--append",
                "console=ttyS0 quiet " + guestArguments);
    }

    @Override
    public CounterClient client(ChildProcess child) throws DemoException, InterruptedException {
        return new RedisConsoleClient(child, SERVER_IP, benchmarkRequests);
    }
}
