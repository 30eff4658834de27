package org.kemari.guests.debian;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebPackageTest {
    @TempDir
    Path folder;

    private final List<String> seen = new ArrayList<>();

    private final DebPackage.Sink sink = new DebPackage.Sink() {
        @Override
        public boolean file(String path, int mode, byte[] content) {
            seen.add(path + " " + Integer.toOctalString(mode) + " " + new String(content, StandardCharsets.UTF_8));
            return true;
        }

        @Override
        public boolean symlink(String path, String target) {
            seen.add(path + " -> " + target);
            return true;
        }
    };

    private Path deb(String dataName, byte[] data) throws IOException {
        Path deb = folder.resolve("made-up.deb");
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(deb))) {
            put(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.UTF_8));
            put(ar, dataName, data);
        }
        return deb;
    }

    private static void put(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, content.length));
        ar.write(content);
        ar.closeArchiveEntry();
    }

    private static byte[] tarXz(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream xz = new XZCompressorOutputStream(bytes);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(xz)) {
            byte[] content = "text".getBytes(StandardCharsets.UTF_8);
            TarArchiveEntry file = new TarArchiveEntry(name, true);
            file.setSize(content.length);
            file.setMode(0100755);
            tar.putArchiveEntry(file);
            tar.write(content);
            tar.closeArchiveEntry();
            TarArchiveEntry link = new TarArchiveEntry("./usr/bin/other", TarConstants.LF_SYMLINK);
            link.setLinkName("thing");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void wantedFilesAndLinksAreHandedOver() throws IOException {
        DebPackage.read(deb("data.tar.xz", tarXz("./usr/bin/thing")), path -> true, sink);
        assertEquals(List.of("usr/bin/thing 755 text", "usr/bin/other -> thing"), seen);
    }

    @Test
    void pathOutOfThePackageIsRefused() throws IOException {
        Path deb = deb("data.tar.xz", tarXz("./usr/../../etc/passwd"));
        assertThrows(IOException.class, () -> DebPackage.read(deb, path -> true, sink));
        assertEquals(List.of(), seen);
    }

    @Test
    void unknownCompressionAndForeignFilesAreRefused() throws IOException {
        Path deb = deb("data.tar.lz4", new byte[10]);
        assertThrows(IOException.class, () -> DebPackage.read(deb, path -> true, sink));
        Path other = Files.write(folder.resolve("no.deb"), "no archive at all".getBytes(StandardCharsets.UTF_8));
        assertThrows(IOException.class, () -> DebPackage.read(other, path -> true, sink));
    }

    @Test
    void truncatedPackageIsRefusedAtEveryLength() throws IOException {
        byte[] whole = Files.readAllBytes(deb("data.tar.xz", tarXz("./usr/bin/thing")));
        Path cut = folder.resolve("cut.deb");
        // The last bytes are ar's padding and the index behind the data, which a reader need not look at.
        for (int length = 0; length < whole.length - 60; length += 7) {
            Files.write(cut, java.util.Arrays.copyOf(whole, length));
            assertThrows(IOException.class, () -> DebPackage.read(cut, path -> true, sink), "length " + length);
        }
    }

    @Test
    void treeIsWrittenAsCpioWithFoldersFirstAndTheSameBytesEachTime() throws IOException {
        GuestTree tree = new GuestTree();
        tree.file("usr/bin/thing", 0755, new byte[] {1, 2, 3});
        tree.symlink("bin", "usr/bin");
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        tree.writeTo(first);
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        tree.writeTo(second);
        assertArrayEquals(first.toByteArray(), second.toByteArray());
        List<String> entries = new ArrayList<>();
        try (CpioArchiveInputStream cpio = new CpioArchiveInputStream(new ByteArrayInputStream(first.toByteArray()))) {
            for (CpioArchiveEntry e = cpio.getNextEntry(); e != null; e = cpio.getNextEntry()) {
                entries.add(e.getName() + " " + Long.toOctalString(e.getMode()) + " " + e.getSize() + " " + e.getUID()
                        + " " + e.getTime());
            }
        }
        assertEquals(
                List.of("bin 120777 7 0 0", "usr 40755 0 0 0", "usr/bin 40755 0 0 0", "usr/bin/thing 100755 3 0 0"),
                entries);
    }
}
