package org.kemari.cli.options;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class VmOptionsTest {
    @TempDir
    private Path folder;

    private Path image;

    @BeforeEach
    void makeKernel() throws IOException {
        byte[] header = new byte[64];
        header[56] = 'R';
        header[57] = 'S';
        header[58] = 'C';
        header[59] = 5;
        image = Files.write(folder.resolve("Image"), header);
    }

    @Command
    private static final class Verb {
        @Mixin
        private VmOptions vm;
    }

    private static VmOptions parse(Object... arguments) {
        Verb verb = new Verb();
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        new CommandLine(verb).parseArgs(words);
        return verb.vm;
    }

    private static String refused(Object... arguments) {
        return assertThrows(InvalidOptionException.class, () -> parse(arguments).check(false))
                .getMessage();
    }

    @Test
    void optionsBecomeAConfiguration() throws Exception {
        Path disk = folder.resolve("disk.img");
        sized(disk, 1024);
        VmOptions vm = parse(
                "--kernel",
                image,
                "--append",
                "console=ttyS0 quiet",
                "--memory",
                "1G",
                "--harts",
                2,
                "--rng",
                "--name",
                "web",
                "--disk",
                disk + ",ro",
                "--nic",
                "lan0,mac=52:54:00:00:00:02",
                "--network",
                "lan0,vni=7",
                "--console",
                "none");
        vm.check(false);
        Map<String, Object> properties = vm.properties(true);
        assertEquals("web", properties.get("name"));
        assertEquals("1073741824", properties.get("memory"));
        assertEquals(2, properties.get("harts"));
        assertEquals(image.toString(), properties.get("kernel"));
        assertEquals("builtin", properties.get("firmware"));
        assertEquals("console=ttyS0 quiet", properties.get("append"));
        assertArrayEquals(new String[] {disk + ",ro"}, (String[]) properties.get("disks"));
        assertArrayEquals(new String[] {"lan0,mac=52:54:00:00:00:02"}, (String[]) properties.get("nics"));
        assertArrayEquals(new String[] {"none"}, (String[]) properties.get("consoles"));
        assertEquals(true, properties.get("rng"));
        assertEquals(true, properties.get("autostart"));
        assertEquals(false, vm.properties(false).get("autostart"));
    }

    @Test
    void kernelThatIsMissingOrNoneIsNamed() throws IOException {
        assertTrue(refused().startsWith("--kernel is missing"));
        assertTrue(refused("--kernel", folder.resolve("x")).contains("x does not exist"));
        Path text = Files.writeString(folder.resolve("text"), "hello");
        assertTrue(refused("--kernel", text).contains("is no RISC-V kernel"));
        Path zipped = Files.write(folder.resolve("vmlinuz"), new byte[] {0x1f, (byte) 0x8b, 8});
        assertTrue(refused("--kernel", zipped).contains("zcat"));
        assertTrue(refused("--kernel", image, "--firmware", "none").contains("is no ELF"));
    }

    @Test
    void disksThatCannotServeAreNamed() throws IOException {
        Path odd = folder.resolve("odd.img");
        sized(odd, 1000);
        assertTrue(refused("--kernel", image, "--disk", odd).contains("truncate -s 1024"));
        assertTrue(refused("--kernel", image, "--disk", folder).contains("is no file"));
        assertTrue(refused("--kernel", image, "--disk", folder.resolve("none")).contains("does not exist"));
    }

    @Test
    void cardOnAnUnknownNetworkIsRefusedUnlessAFolderMayDefineIt() throws Exception {
        assertTrue(refused("--kernel", image, "--nic", "lan0").contains("add --network lan0"));
        parse("--kernel", image, "--nic", "lan0").check(true);
    }

    @Test
    void networkThatCannotBeListenedOnIsRefusedBeforeTheGuestRunsDeaf() throws Exception {
        String foreign = refused("--kernel", image, "--network", "lan0,listen=192.0.2.1:4789");
        assertTrue(foreign.contains("use an address of this host"), foreign);
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String busy = refused("--kernel", image, "--network", "lan0,listen=127.0.0.1:" + other.getLocalPort());
            assertTrue(busy.contains("is in use"), busy);
        }
    }

    @Test
    void furtherConsolesAreVirtioConsolesAndOnlyOneIsTheTerminal() throws Exception {
        VmOptions vm = parse("--kernel", image, "--console", "stdio", "--console", "file:/tmp/hvc0");
        vm.check(false);
        assertArrayEquals(new String[] {"stdio", "file:/tmp/hvc0"}, (String[])
                vm.properties(true).get("consoles"));
        assertTrue(refused("--kernel", image, "--console", "stdio", "--console", "stdio")
                .contains("given twice"));
    }

    @Test
    void numbersOutOfRangeAreRefused() throws IOException {
        assertTrue(refused("--kernel", image, "--harts", 9).contains("--harts=9"));
        assertTrue(refused("--kernel", image, "--name", "a b").contains("--name=a b"));
        Path large = folder.resolve("initrd");
        sized(large, 2 << 20);
        assertTrue(
                refused("--kernel", image, "--initrd", large, "--memory", "2M").contains("--memory=2M is too small"));
    }

    private static void sized(Path file, long bytes) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(bytes);
        }
    }
}
