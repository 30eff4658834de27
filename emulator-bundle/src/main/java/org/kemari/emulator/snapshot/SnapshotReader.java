package org.kemari.emulator.snapshot;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.kemari.api.machine.GuestRam;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.state.StateFormatException;
import org.kemari.emulator.state.EncodedStateReader;

/** Reads a snapshot file into the RAM of a machine that does not run yet. */
public final class SnapshotReader {
    private SnapshotReader() {}

    /**
     * Fills {@code ram} and gives the machine's saved state.
     *
     * @throws MachineConfigException if the file is damaged or of a machine that differs, naming what does
     */
    public static byte[] load(Path file, MachineConfig config, GuestRam ram) throws MachineConfigException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (DataInputStream in = new DataInputStream(
                    new DigestInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16), sha))) {
                checkHeader(file, in, config);
                return blocks(file, in, sha, ram);
            }
        } catch (EOFException e) {
            throw damaged(file, "it ends too early");
        } catch (IOException e) {
            throw new MachineConfigException(
                    "restore=" + file + " cannot be read (" + e + "); name a snapshot that can", e);
        } catch (StateFormatException e) {
            throw damaged(file, e.getMessage());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a Java platform without SHA-256", e);
        }
    }

    private static void checkHeader(Path file, DataInputStream in, MachineConfig config)
            throws IOException, MachineConfigException, StateFormatException {
        if (!Arrays.equals(in.readNBytes(SnapshotFormat.MAGIC.length), SnapshotFormat.MAGIC)) {
            throw new MachineConfigException(
                    "restore=" + file + " is no snapshot; name a file that kemari:snapshot" + " wrote");
        }
        int version = little(in);
        if (version != SnapshotFormat.VERSION) {
            throw new MachineConfigException("restore=" + file + " has snapshot version " + version
                    + "; this program reads version " + SnapshotFormat.VERSION);
        }
        int length = little(in);
        if (length < 0 || length > SnapshotFormat.MAX_HEADER_BYTES) {
            throw damaged(file, "its header says " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        EncodedStateReader header = EncodedStateReader.decode(bytes);
        same(file, "type", header.getString("type"), config.type());
        same(file, "memory", header.getLong("memoryBytes"), config.memoryBytes());
        same(file, "harts", header.getInt("harts"), config.harts());
        same(
                file,
                "firmware=builtin",
                header.getBoolean("builtinFirmware"),
                config.firmware().equals(MachineConfig.FIRMWARE_BUILTIN));
        same(file, "devices", header.getString("devices"), devices(config));
    }

    private static void same(Path file, String property, Object saved, Object here) throws MachineConfigException {
        if (!saved.equals(here)) {
            throw new MachineConfigException("restore=" + file + " was taken with " + property + " " + saved
                    + ", but this VM has " + here + "; use " + saved);
        }
    }

    static String devices(MachineConfig config) {
        return config.devices().stream()
                .map(spec -> spec.name() + ":" + spec.type())
                .collect(Collectors.joining(","));
    }

    private static byte[] blocks(Path file, DataInputStream in, MessageDigest sha, GuestRam ram)
            throws IOException, MachineConfigException {
        Optional<byte[]> state = Optional.empty();
        while (true) {
            byte kind = in.readByte();
            int plainBytes = little(in);
            int storedBytes = little(in);
            int crcExpected = little(in);
            if (kind == SnapshotFormat.END) {
                byte[] computed = sha.digest();
                byte[] written = in.readNBytes(SnapshotFormat.DIGEST_BYTES);
                if (!Arrays.equals(computed, written) || in.read() != -1) {
                    throw damaged(file, "its SHA-256 does not match");
                }
                return state.orElseThrow(() -> damaged(file, "it holds no state"));
            }
            if (plainBytes < 0
                    || plainBytes > SnapshotFormat.MAX_BLOCK_BYTES
                    || storedBytes < 0
                    || storedBytes > SnapshotFormat.MAX_BLOCK_BYTES) {
                throw damaged(file, "a block says " + plainBytes + " and " + storedBytes + " bytes");
            }
            byte[] stored = in.readNBytes(storedBytes);
            if (stored.length < storedBytes) {
                throw damaged(file, "it ends within a block");
            }
            CRC32C crc = new CRC32C();
            crc.update(stored, 0, storedBytes);
            if ((int) crc.getValue() != crcExpected) {
                throw damaged(file, "a block's checksum does not match");
            }
            byte[] plain = unpack(file, stored, plainBytes);
            if (kind == SnapshotFormat.PAGES) {
                pages(file, plain, ram);
            } else if (kind == SnapshotFormat.STATE && state.isEmpty()) {
                state = Optional.of(plain);
            } else {
                throw damaged(file, "a block of kind " + kind + " is not expected");
            }
        }
    }

    private static byte[] unpack(Path file, byte[] stored, int plainBytes) throws MachineConfigException {
        try {
            byte[] plain = new byte[plainBytes];
            int length = LZ4Factory.fastestJavaInstance().safeDecompressor().decompress(stored, plain);
            if (length != plainBytes) {
                throw damaged(file, "a block gives " + length + " bytes, not " + plainBytes);
            }
            return plain;
        } catch (LZ4Exception e) {
            throw damaged(file, "a block cannot be decompressed");
        }
    }

    private static void pages(Path file, byte[] plain, GuestRam ram) throws MachineConfigException {
        if (plain.length % SnapshotFormat.PAGE_RECORD_BYTES != 0) {
            throw damaged(file, "a block of pages has " + plain.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < plain.length; at += SnapshotFormat.PAGE_RECORD_BYTES) {
            long page = in.getLong(at);
            if (page < 0 || page >= ram.pageCount()) {
                throw damaged(file, "page " + page + " is outside RAM");
            }
            ram.load(page, plain, at + 8);
        }
    }

    private static int little(DataInputStream in) throws IOException {
        return Integer.reverseBytes(in.readInt());
    }

    private static MachineConfigException damaged(Path file, String what) {
        return new MachineConfigException(
                "restore=" + file + " is damaged: " + what + "; take the snapshot again, or use another copy");
    }
}
