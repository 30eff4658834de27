package org.kemari.emulator.boot;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.ram.Ram;

/**
 * A configured file. It goes to RAM piece by piece: for a kernel that is read whole, so much memory is cleared twice and
 * written three times.
 */
record BootFile(String property, Path path, long sizeBytes) {
    /** As much as the JDK keeps a buffer for ({@code jdk.nio.maxCachedBufferSize}, as the launcher sets it). */
    private static final int PIECE_BYTES = 256 << 10;

    /** Of a file that is there and can be read. */
    static BootFile of(String property, Path path) throws MachineConfigException {
        if (Files.isDirectory(path)) {
            throw new MachineConfigException(property + "=" + path + " is a folder; name a file");
        }
        try (FileChannel channel = FileChannel.open(path)) {
            return new BootFile(property, path, channel.size());
        } catch (NoSuchFileException e) {
            throw new MachineConfigException(property + "=" + path + " does not exist; name a file that does", e);
        } catch (IOException e) {
            throw unreadable(property, path, e);
        }
    }

    private static MachineConfigException unreadable(String property, Path path, IOException e) {
        return new MachineConfigException(
                property + "=" + path + " cannot be read (" + e + "); name a file that this process may read", e);
    }

    /** Its beginning, as much as there is of so many bytes. */
    byte[] beginning(int maxBytes) throws MachineConfigException {
        return read(0, (int) Math.min(sizeBytes, maxBytes)).array();
    }

    /** So many bytes from {@code offset} on, little-endian; they are in the file. */
    ByteBuffer read(long offset, int lengthBytes) throws MachineConfigException {
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(path)) {
            fill(bytes, channel, offset);
        } catch (IOException e) {
            throw unreadable(property, path, e);
        }
        return bytes;
    }

    /** Copies all of it to this address. */
    void copyTo(Ram ram, long address) throws MachineConfigException {
        copyTo(ram, address, 0, sizeBytes);
    }

    /** Copies so many bytes from {@code offset} on, which are in the file. */
    void copyTo(Ram ram, long address, long offset, long lengthBytes) throws MachineConfigException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, lengthBytes));
        try (FileChannel channel = FileChannel.open(path)) {
            for (long done = 0; done < lengthBytes; done += piece.limit()) {
                piece.clear().limit((int) Math.min(PIECE_BYTES, lengthBytes - done));
                fill(piece, channel, offset + done);
                ram.write(address + done, piece, 0, piece.limit());
            }
        } catch (IOException e) {
            throw unreadable(property, path, e);
        } catch (GuestAddressException e) {
            throw new MachineConfigException(
                    property + "=" + path + " wants address 0x" + Long.toHexString(address) + " + " + lengthBytes
                            + " bytes, which is not in RAM; use more memory",
                    e);
        }
    }

    /** Up to its limit. */
    private static void fill(ByteBuffer bytes, FileChannel channel, long offset) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("it has shrunk to " + channel.size() + " bytes meanwhile");
            }
        }
    }
}
