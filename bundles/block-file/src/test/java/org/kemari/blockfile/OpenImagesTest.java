package org.kemari.blockfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackend;
import org.kemari.api.backend.DiskSpec;

class OpenImagesTest {
    @TempDir
    Path folder;

    private final OpenImages images = new OpenImages();
    private Path image;

    /** Another container: holds the lock until its standard input ends. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) throws Exception {
            try (BlockBackend disk =
                    new OpenImages().open("other", new DiskSpec(args[0], Boolean.parseBoolean(args[1]), false))) {
                System.out.println(disk.sizeBytes());
                while (System.in.read() >= 0) {}
            }
        }
    }

    @BeforeEach
    void makeImage() throws IOException {
        image = Files.write(folder.resolve("disk.img"), new byte[4096]);
    }

    @AfterEach
    void closeAll() {
        images.close();
    }

    @Test
    void aMissingImageIsNamedWithTheCommandThatMakesOne() {
        Path missing = folder.resolve("none.img");
        assertMessage(missing, false, "path=" + missing + " does not exist", "truncate -s 1G " + missing);
    }

    /** Root ignores permissions, but not every file system lets it write all the same: sysfs does not. */
    @Test
    void anImageThatMayNotBeWrittenIsNamedWithBothRemediesAndCanBeAttachedReadOnly() throws Exception {
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("r--r--r--"));
        List<Path> unwritable = Stream.of(image, Path.of("/sys/devices/system/cpu/online"))
                .filter(OpenImagesTest::readableButNotWritable)
                .toList();
        assumeFalse(
                unwritable.isEmpty(), "this user may write everywhere: there is no sysfs, and permissions bind not");
        for (Path file : unwritable) {
            assertMessage(
                    file,
                    false,
                    "path=" + file + " may not be written",
                    "chmod u+rw " + file,
                    "read-only: " + file + ",ro");
            images.open("vm1", new DiskSpec(file.toString(), true, false)).close();
        }
    }

    /** Tries it: what the access bits say is not true for root. */
    private static boolean readableButNotWritable(Path file) {
        if (!Files.isReadable(file)) {
            return false;
        }
        try (FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return !opened.isOpen();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void sizesThatAreNoDiskAreRefused() throws Exception {
        Path odd = Files.write(folder.resolve("odd.img"), new byte[1000]);
        assertMessage(odd, false, "1000 bytes", "multiple of 512", "truncate -s %512");
        Path empty = Files.createFile(folder.resolve("empty.img"));
        assertMessage(empty, false, "is empty", "truncate -s 1G");
        assertMessage(folder, false, "is a directory");
    }

    @Test
    void emptyPathIsRefused() {
        BackendException refused =
                assertThrows(BackendException.class, () -> images.open("vm1", new DiskSpec("", false, false)));
        assertTrue(refused.getMessage().startsWith("path is empty"), refused.getMessage());
    }

    @Test
    void anImageInUseNamesTheVmThatHasIt() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link.img"), image);
        try (BlockBackend first = images.open("first", new DiskSpec(image.toString(), false, false))) {
            assertEquals(4096, first.sizeBytes());
            assertMessage(link, false, "locked by vm=first");
            assertMessage(link, true, "locked by vm=first");
        }
        images.open("second", new DiskSpec(link.toString(), false, false)).close();
    }

    @Test
    void readersShareAnImageAndKeepWritersOutUntilTheLastHasGone() throws Exception {
        BlockBackend one = images.open("one", new DiskSpec(image.toString(), true, false));
        BlockBackend two = images.open("two", new DiskSpec(image.toString(), true, false));
        one.close();
        assertMessage(image, false, "locked by vm=two");
        try (OtherContainer reader = new OtherContainer(image, true)) {
            assertEquals("4096", reader.firstLine());
        }
        try (OtherContainer writer = new OtherContainer(image, false)) {
            assertTrue(writer.firstLine().contains("locked by"), "the lock outlives the first reader");
        }
        two.close();
        images.open("three", new DiskSpec(image.toString(), false, false)).close();
    }

    @Test
    void sharedDiskTakesNoLock() throws Exception {
        try (BlockBackend one = images.open("one", new DiskSpec(image.toString(), false, true));
                BlockBackend two = images.open("two", new DiskSpec(image.toString(), false, true))) {
            assertEquals(one.sizeBytes(), two.sizeBytes());
        }
    }

    @Test
    void anImageLockedByAnotherProcessNamesItsVm() throws Exception {
        try (OtherContainer other = new OtherContainer(image, false)) {
            assertEquals("4096", other.firstLine());
            assertMessage(image, false, "locked by vm=other in process " + other.process.pid());
            assertMessage(image, true, "locked by vm=other");
        }
        images.open("vm1", new DiskSpec(image.toString(), false, false)).close();
    }

    @Test
    void theLockOfAKilledProcessIsGone() throws Exception {
        OtherContainer other = new OtherContainer(image, false);
        assertEquals("4096", other.firstLine());
        other.process.destroyForcibly().waitFor();
        images.open("vm1", new DiskSpec(image.toString(), false, false)).close();
    }

    private void assertMessage(Path path, boolean readOnly, String... parts) {
        BackendException refused = assertThrows(
                BackendException.class, () -> images.open("vm1", new DiskSpec(path.toString(), readOnly, false)));
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }

    private static final class OtherContainer implements AutoCloseable {
        private final Process process;

        OtherContainer(Path image, boolean readOnly) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OtherProcess.class.getName(),
                            image.toString(),
                            Boolean.toString(readOnly))
                    .redirectErrorStream(true)
                    .start();
        }

        String firstLine() throws IOException {
            return process.inputReader().readLine();
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            try {
                assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
