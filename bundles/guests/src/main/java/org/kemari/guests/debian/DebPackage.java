package org.kemari.guests.debian;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.kemari.api.guest.GuestProgress;

/** The files of a {@code .deb}, deb(5): an ar archive, one of whose members is {@code data.tar} with a compression. */
final class DebPackage {
    /** Far above any file of a guest; what is longer is not read into memory. */
    private static final long MAX_FILE_BYTES = 256L << 20;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int REPORT_EVERY_BYTES = 1 << 20;

    private DebPackage() {}

    /** Takes what it is given; false if it wants no more of this package. */
    interface Sink {
        boolean file(String path, int mode, byte[] content) throws IOException;

        boolean symlink(String path, String target) throws IOException;
    }

    /** Hands over the regular files and symbolic links that are wanted by their paths, which have no leading slash. */
    static void read(Path deb, Predicate<String> wanted, Sink sink) throws IOException {
        read(deb, wanted, sink, GuestProgress.SILENT);
    }

    static void read(Path deb, Predicate<String> wanted, Sink sink, GuestProgress progress) throws IOException {
        try (InputStream in = new BufferedInputStream(new Watched(deb, progress), REPORT_EVERY_BYTES);
                ArArchiveInputStream ar = new ArArchiveInputStream(in)) {
            for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
                if (member.getName().startsWith("data.tar")) {
                    readTar(plain(member.getName(), ar), wanted, sink);
                    return;
                }
            }
        }
        throw new IOException(deb.getFileName() + " is no Debian package: it has no data.tar");
    }

    /** Reports at each read of the file, which a buffer makes rare. */
    private static final class Watched extends FilterInputStream {
        private final String step;
        private final long totalBytes;
        private final GuestProgress progress;
        private long doneBytes;

        Watched(Path file, GuestProgress progress) throws IOException {
            super(Files.newInputStream(file));
            this.step = "unpacking " + file.getFileName();
            this.totalBytes = Files.size(file);
            this.progress = progress;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            doneBytes += Math.max(0, count);
            progress.report(step, doneBytes, totalBytes);
            return count;
        }
    }

    private static InputStream plain(String name, InputStream in) throws IOException {
        switch (name) {
            case "data.tar":
                return in;
            case "data.tar.xz":
                return new XZCompressorInputStream(in);
            case "data.tar.gz":
                return new GzipCompressorInputStream(in);
            default:
                throw new IOException(name + " has a compression that is not known; known are none, gz and xz");
        }
    }

    private static void readTar(InputStream plain, Predicate<String> wanted, Sink sink) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(plain, BUFFER_BYTES));
        boolean more = true;
        for (TarArchiveEntry entry = tar.getNextEntry(); more && entry != null; entry = tar.getNextEntry()) {
            String path = normalised(entry.getName());
            if (!wanted.test(path)) {
                continue;
            }
            if (entry.isSymbolicLink()) {
                more = sink.symlink(path, entry.getLinkName());
            } else if (entry.isLink()) {
                throw new IOException(path + " is a hard link, which no wanted file is expected to be");
            } else if (entry.isFile()) {
                if (entry.getSize() > MAX_FILE_BYTES) {
                    throw new IOException(path + " has " + entry.getSize() + " bytes, more than " + MAX_FILE_BYTES);
                }
                more = sink.file(path, entry.getMode() & 0777, tar.readAllBytes());
            }
        }
    }

    /** A path below the root; a package that points above it is refused. */
    static String normalised(String name) throws IOException {
        String path = name.replaceFirst("^(\\./|/)+", "").replaceFirst("/+$", "");
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                throw new IOException("path " + name + " leads out of the package; it is refused");
            }
        }
        return path;
    }
}
