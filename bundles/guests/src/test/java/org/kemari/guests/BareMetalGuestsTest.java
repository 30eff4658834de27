package org.kemari.guests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.guest.Guest;
import org.kemari.api.guest.GuestException;

/** The programs in this bundle: built from the source beside them, and running on a machine that is not ours. */
class BareMetalGuestsTest {
    private static final Path SOURCE = Path.of("src/main/guest");
    private static final String COMPILER = "riscv64-linux-gnu-gcc";
    private static final String PEER = "qemu-system-riscv64";
    private static final int MESSAGE_MAGIC = 0x594e544b;
    private static final int INCREMENT = 1;
    private static final int GET = 2;

    @TempDir
    Path folder;

    private static boolean installed(String program) {
        for (String place : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(place, program))) {
                return true;
            }
        }
        System.out.println(program + " is not installed; the test that needs it is left out");
        return false;
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> command + " did not end");
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    @Test
    void sourceGivesTheCommittedBytes() throws Exception {
        assumeTrue(installed(COMPILER), COMPILER + " is not installed; Debian: gcc-riscv64-linux-gnu");
        String used = Files.readString(SOURCE.resolve("compiler.txt")).strip();
        String here = run(List.of(COMPILER, "--version"))
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        assumeTrue(
                used.equals(here),
                () -> "the programs were built by " + used + ", and here is " + here + "; not compared");
        run(List.of(
                "sh",
                SOURCE.resolve("build.sh").toString(),
                folder.resolve("built").toString()));
        List<String> programs = new ArrayList<>(List.of("tiny.elf", "work.elf", "load.elf", "wake.elf"));
        BundledElf.loops().forEach(name -> programs.add("loops/" + name + ".elf"));
        for (String program : programs) {
            byte[] built = Files.readAllBytes(folder.resolve("built").resolve(program));
            try (InputStream committed = BundledElf.class.getResourceAsStream("/org/kemari/guests/" + program)) {
                assertArrayEquals(
                        committed.readAllBytes(), built, program + ": run src/main/guest/build.sh and commit");
            }
        }
    }

    @Test
    void loopsAreElfsAndUnknownOnesAreNamed() throws Exception {
        for (String name : BundledElf.loops()) {
            try (InputStream in = BundledElf.openLoop(name)) {
                assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, in.readNBytes(4), name);
            }
        }
        GuestException e = assertThrows(GuestException.class, () -> BundledElf.openLoop("../tiny"));
        assertTrue(e.getMessage().contains("known are"), e.getMessage());
    }

    private GuestCache cache() {
        return new GuestCache(folder.resolve("cache"), Map.of(), folder.resolve("apt"));
    }

    private List<String> peer(String bootArguments, String... more) throws GuestException {
        Guest tiny = cache().cached("tiny").orElseThrow();
        assertEquals("none", tiny.firmware());
        List<String> command = new ArrayList<>(
                List.of(PEER, "-M", "virt", "-m", "16", "-nographic", "-bios", "none", "-monitor", "none"));
        command.addAll(List.of("-global", "virtio-mmio.force-legacy=false"));
        command.addAll(List.of("-kernel", tiny.kernel().toString(), "-append", bootArguments));
        command.addAll(List.of(more));
        return command;
    }

    @Test
    void tinyTestsItselfSpinsAndPowersOff() throws Exception {
        assumeTrue(installed(PEER), PEER + " is not installed; Debian: qemu-system-misc");
        String text = run(peer("tiny.off tiny.spin=10 tiny.dirty=100"));
        assertTrue(text.contains("GUEST-READY tiny"), text);
        assertTrue(text.contains("SELFTEST ok"), text);
        assertTrue(text.contains("SPIN-DONE"), text);
    }

    @Test
    void tinyCountsARepeatedRequestOnceAndFindsItsCountersAgainOnItsDisk() throws Exception {
        assumeTrue(installed(PEER), PEER + " is not installed; Debian: qemu-system-misc");
        Path disk = folder.resolve("disk");
        Files.write(disk, new byte[1 << 20]);
        try (Server server = new Server(disk)) {
            assertEquals(0, server.ask(GET, 1, 3));
            assertEquals(1, server.ask(INCREMENT, 2, 3));
            assertEquals(1, server.ask(INCREMENT, 2, 3));
            assertEquals(2, server.ask(INCREMENT, 3, 3));
            assertEquals(1, server.ask(INCREMENT, 4, 15));
        }
        try (Server server = new Server(disk)) {
            assertEquals(2, server.ask(GET, 5, 3));
            assertEquals(1, server.ask(INCREMENT, 4, 15), "the last answer is kept with the counters");
            assertEquals(3, server.ask(INCREMENT, 6, 3));
        }
    }

    /** Tiny as a server in the peer, whose user networking forwards a port of loopback to it. */
    private final class Server implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private final Process process;
        private final int port;

        Server(Path disk) throws Exception {
            try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            String net = "user,id=n,net=10.77.0.0/24,host=10.77.0.1,hostfwd=udp:127.0.0.1:" + port + "-10.77.0.2:7077";
            process = new ProcessBuilder(peer(
                            "tiny.role=server tiny.ip=10.77.0.2",
                            "-netdev",
                            net,
                            "-device",
                            "virtio-net-device,netdev=n",
                            "-drive",
                            "if=none,id=d,format=raw,file=" + disk,
                            "-device",
                            "virtio-blk-device,drive=d"))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("server.txt").toFile())
                    .start();
            socket.setSoTimeout(200);
        }

        long ask(int operation, long sequence, int key) throws IOException {
            ByteBuffer question = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
            question.putInt(MESSAGE_MAGIC)
                    .putInt(9)
                    .putLong(sequence)
                    .put((byte) operation)
                    .put((byte) key);
            byte[] bytes = question.array();
            for (int tries = 0; tries < 150; tries++) {
                socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
                ByteBuffer answer = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
                try {
                    do {
                        socket.receive(new DatagramPacket(answer.array(), 32));
                        // An answer to a copy of an earlier question may come late.
                    } while (answer.getLong(8) != sequence || answer.get(16) != (byte) (operation | 0x80));
                    return answer.getLong(24);
                } catch (SocketTimeoutException e) {
                    continue;
                }
            }
            throw new IOException("no answer; the console says: "
                    + Files.readString(folder.resolve("server.txt"), StandardCharsets.ISO_8859_1));
        }

        @Override
        public void close() {
            socket.close();
            process.destroyForcibly().onExit().join();
        }
    }

    @Test
    void unknownGuestIsNamedAndLinuxIsNotThereBeforeItIsFetched() throws Exception {
        GuestException e = assertThrows(GuestException.class, () -> cache().cached("windows"));
        assertTrue(e.getMessage().contains("known are linux, tiny"), e.getMessage());
        assertTrue(cache().cached("linux").isEmpty());
        GuestException none = assertThrows(
                GuestException.class,
                () -> cache().fetch("linux", java.util.Optional.empty(), (step, done, total) -> {}));
        assertTrue(none.getMessage().contains("KEMARI_DEBIAN_MIRROR"), none.getMessage());
    }

    @Test
    void cacheFolderFollowsXdg() {
        Path home = Path.of("/home/a");
        assertEquals(Path.of("/home/a/.cache/kemari/guests"), GuestCache.folder(Map.of(), home));
        assertEquals(Path.of("/c/kemari/guests"), GuestCache.folder(Map.of("XDG_CACHE_HOME", "/c"), home));
        assertEquals(Path.of("/home/a/.cache/kemari/guests"), GuestCache.folder(Map.of("XDG_CACHE_HOME", "c"), home));
    }
}
