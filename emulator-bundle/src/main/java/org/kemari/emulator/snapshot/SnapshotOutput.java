package org.kemari.emulator.snapshot;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/** Writes a snapshot file's bytes. One thread. */
final class SnapshotOutput implements Closeable {
    private final FileOutputStream file;
    private final MessageDigest sha;
    private final DataOutputStream out;
    private final LZ4Compressor compressor = LZ4Factory.fastestJavaInstance().fastCompressor();

    SnapshotOutput(Path path, byte[] header) throws IOException {
        file = new FileOutputStream(path.toFile());
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            file.close();
            throw new IllegalStateException("a Java platform without SHA-256", e);
        }
        out = new DataOutputStream(new DigestOutputStream(new BufferedOutputStream(file, 1 << 16), sha));
        out.write(SnapshotFormat.MAGIC);
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(SnapshotFormat.VERSION)
                .putInt(header.length)
                .array());
        out.write(header);
    }

    void block(byte kind, byte[] plain, int lengthBytes) throws IOException {
        byte[] stored = compressor.compress(plain, 0, lengthBytes);
        CRC32C crc = new CRC32C();
        crc.update(stored, 0, stored.length);
        blockHeader(kind, lengthBytes, stored.length, (int) crc.getValue());
        out.write(stored);
    }

    /** Ends the file and makes it durable. */
    void finish() throws IOException {
        blockHeader(SnapshotFormat.END, 0, 0, 0);
        out.write(sha.digest());
        out.flush();
        file.getFD().sync();
    }

    private void blockHeader(byte kind, int plainBytes, int storedBytes, int crc) throws IOException {
        out.write(ByteBuffer.allocate(13)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(kind)
                .putInt(plainBytes)
                .putInt(storedBytes)
                .putInt(crc)
                .array());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
