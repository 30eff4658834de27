package org.kemari.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Raw disk images that begin with something and are empty behind it. */
final class PaddedImage {
    private PaddedImage() {}

    /** Makes the image anew; sparse. */
    static Path write(Path image, byte[] beginning, long lengthBytes) throws IOException {
        Files.write(image, beginning);
        try (RandomAccessFile padded = new RandomAccessFile(image.toFile(), "rw")) {
            padded.setLength(lengthBytes);
        }
        return image;
    }
}
