package org.kemari.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies a disk image without writing its zeros: an image of a gigabyte may hold a few kilobytes. */
final class SparseCopy {
    private static final int BLOCK_BYTES = 64 * 1024;

    private SparseCopy() {}

    static void copy(Path source, Path target) throws IOException {
        empty(target, Files.size(source));
        try (InputStream in = Files.newInputStream(source);
                RandomAccessFile out = new RandomAccessFile(target.toFile(), "rw")) {
            byte[] block = new byte[BLOCK_BYTES];
            long offset = 0;
            for (int count = in.readNBytes(block, 0, BLOCK_BYTES);
                    count > 0;
                    count = in.readNBytes(block, 0, BLOCK_BYTES)) {
                if (!allZeros(block, count)) {
                    out.seek(offset);
                    out.write(block, 0, count);
                }
                offset += count;
            }
        }
    }

    /** An image of zeros. */
    static void empty(Path target, long bytes) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(target.toFile(), "rw")) {
            out.setLength(bytes);
        }
    }

    private static boolean allZeros(byte[] block, int count) {
        for (int i = 0; i < count; i++) {
            if (block[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
