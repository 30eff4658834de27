package org.kemari.guests.debian;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.guest.GuestException;

class DownloadTest {
    private static final String PATH = "pool/main/t/thing/thing_1.0-1_riscv64.deb";

    @TempDir
    Path folder;

    private final byte[] content = new byte[300_000];
    private final List<String> steps = new CopyOnWriteArrayList<>();
    private FakeMirror mirror;
    private Download download;

    @BeforeEach
    void start() throws Exception {
        new Random(7).nextBytes(content);
        mirror = new FakeMirror();
        download = new Download(Duration.ofSeconds(10), (step, done, total) -> steps.add(step + " " + done));
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    private static PinnedPackage pin(String path, byte[] content) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
        return new PinnedPackage(path, content.length, HexFormat.of().formatHex(hash));
    }

    @Test
    void brokenDownloadIsResumedWhereItBroke() throws Exception {
        mirror.put(PATH, content);
        mirror.breakOnce(PATH, 100_000);
        Path file = download.pinned(mirror.address(), pin(PATH, content), folder);
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(List.of(PATH, PATH + " bytes=100000-"), mirror.requests);
        assertTrue(steps.contains("thing_1.0-1_riscv64.deb 300000"), steps.toString());
    }

    @Test
    void whatAnEarlierProcessLeftIsResumed() throws Exception {
        mirror.put(PATH, content);
        Files.write(folder.resolve("thing_1.0-1_riscv64.deb.part"), java.util.Arrays.copyOf(content, 12_345));
        Path file = download.pinned(mirror.address(), pin(PATH, content), folder);
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(List.of(PATH + " bytes=12345-"), mirror.requests);
    }

    @Test
    void foreignPartIsDroppedAndTheFileFetchedFromScratch() throws Exception {
        mirror.put(PATH, content);
        Files.write(folder.resolve("thing_1.0-1_riscv64.deb.part"), new byte[5_000]);
        Path file = download.pinned(mirror.address(), pin(PATH, content), folder);
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(List.of(PATH + " bytes=5000-", PATH), mirror.requests);
    }

    @Test
    void wrongHashIsRefusedAfterOneMoreTry() throws Exception {
        byte[] forged = content.clone();
        forged[77] ^= 1;
        mirror.put(PATH, forged);
        PinnedPackage pin = pin(PATH, content);
        GuestException e = assertThrows(GuestException.class, () -> download.pinned(mirror.address(), pin, folder));
        assertTrue(e.getMessage().contains(PATH), e.getMessage());
        assertTrue(e.getMessage().contains("expected " + pin.sha256()), e.getMessage());
        assertTrue(e.getMessage().contains("found " + pin(PATH, forged).sha256()), e.getMessage());
        assertTrue(e.getMessage().contains("--mirror"), e.getMessage());
        assertEquals(List.of(PATH, PATH), mirror.requests);
        assertFalse(Files.exists(folder.resolve(pin.fileName())));
    }

    @Test
    void longerFileIsRefused() throws Exception {
        mirror.put(PATH, content);
        PinnedPackage pin = pin(PATH, java.util.Arrays.copyOf(content, 1000));
        assertThrows(GuestException.class, () -> download.pinned(mirror.address(), pin, folder));
        assertFalse(Files.exists(folder.resolve(pin.fileName())));
    }

    @Test
    void fileThatIsThereIsCheckedAndNotAskedFor() throws Exception {
        Files.write(folder.resolve("thing_1.0-1_riscv64.deb"), content);
        download.pinned(mirror.address(), pin(PATH, content), folder);
        assertEquals(List.of(), mirror.requests);
    }

    @Test
    void missingPinIsAnsweredFromTheIndexWithTheNewestVersion() throws Exception {
        byte[] newer = "a newer thing".getBytes(StandardCharsets.UTF_8);
        String newerPath = "pool/main/t/thing/thing_1.10-1_riscv64.deb";
        mirror.put(newerPath, newer);
        String index = stanza("thing", "1.9-1", "pool/main/t/thing/thing_1.9-1_riscv64.deb", content)
                + stanza("thing", "1.10-1", newerPath, newer)
                + stanza("other", "2", "pool/main/o/other/other_2_riscv64.deb", content);
        java.io.ByteArrayOutputStream packed = new java.io.ByteArrayOutputStream();
        try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(packed)) {
            gzip.write(index.getBytes(StandardCharsets.UTF_8));
        }
        mirror.put("dists/trixie/main/binary-riscv64/Packages.gz", packed.toByteArray());
        List<Path> files = LinuxGuest.fetchAll(
                download,
                mirror.address(),
                List.of(pin(PATH, content)),
                folder,
                (step, done, total) -> steps.add(step));
        assertArrayEquals(newer, Files.readAllBytes(files.get(0)));
        assertTrue(steps.stream().anyMatch(step -> step.contains("has left the mirror")), steps.toString());
    }

    @Test
    void newerKernelIsFoundByTheMetaPackage() throws Exception {
        PinnedPackage old = pin("pool/main/l/linux/linux-image-6.12.1+deb13-riscv64_6.12.1-1_riscv64.deb", content);
        String path = "pool/main/l/linux/linux-image-6.12.9+deb13-riscv64_6.12.9-1_riscv64.deb";
        String index = "Package: linux-image-riscv64\nVersion: 6.12.9-1\n"
                + "Depends: linux-image-6.12.9+deb13-riscv64 (= 6.12.9-1)\n\n"
                + stanza("linux-image-6.12.9+deb13-riscv64", "6.12.9-1", path, content);
        PackageIndex found = PackageIndex.read(
                new java.io.BufferedReader(new java.io.StringReader(index)), List.of(old.packageName()));
        assertEquals(path, found.replacement(old).path());
    }

    @Test
    void mirrorWithNeitherPinNorIndexIsNamed() throws Exception {
        PinnedPackage pin = pin(PATH, content);
        GuestException e = assertThrows(
                GuestException.class,
                () -> LinuxGuest.fetchAll(download, mirror.address(), List.of(pin), folder, (step, done, total) -> {}));
        assertTrue(e.getMessage().contains(mirror.address()), e.getMessage());
    }

    @Test
    void mirrorThatIsNotThereIsGivenUpAfterAFewTries() throws Exception {
        String address = mirror.address();
        mirror.close();
        PinnedPackage pin = pin(PATH, content);
        GuestException e = assertThrows(GuestException.class, () -> download.pinned(address, pin, folder));
        assertTrue(e.getMessage().contains("3 tries"), e.getMessage());
    }

    @Test
    void mirrorWhoseHostIsUnknownIsToldAsSuch() throws Exception {
        PinnedPackage pin = pin(PATH, content);
        // RFC 6761 §6.4: a name that no resolver knows.
        GuestException e =
                assertThrows(GuestException.class, () -> download.pinned("http://mirror.invalid/debian", pin, folder));
        assertTrue(e.getMessage().contains("its host cannot be found"), e.getMessage());
    }

    private static String stanza(String name, String version, String path, byte[] content) throws Exception {
        return "Package: " + name + "\nVersion: " + version + "\nFilename: " + path + "\nSize: " + content.length
                + "\nSHA256: " + pin("x.deb", content).sha256() + "\n\n";
    }
}
