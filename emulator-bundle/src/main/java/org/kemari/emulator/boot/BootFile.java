package org.kemari.emulator.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.ram.Ram;

/** A configured file, read whole. */
record BootFile(String property, Path path, byte[] content) {
    static BootFile read(String property, Path path) throws MachineConfigException {
        if (Files.isDirectory(path)) {
            throw new MachineConfigException(property + "=" + path + " is a folder; name a file");
        }
        try {
            return new BootFile(property, path, Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            throw new MachineConfigException(property + "=" + path + " does not exist; name a file that does", e);
        } catch (IOException e) {
            throw new MachineConfigException(
                    property + "=" + path + " cannot be read (" + e + "); name a file that this process may read", e);
        }
    }

    void copyTo(Ram ram, long address) throws MachineConfigException {
        store(ram, address, content, 0, content.length);
    }

    void store(Ram ram, long address, byte[] bytes, int offset, int lengthBytes) throws MachineConfigException {
        try {
            ram.write(address, bytes, offset, lengthBytes);
        } catch (GuestAddressException e) {
            throw new MachineConfigException(
                    property + "=" + path + " wants address 0x" + Long.toHexString(address) + " + " + lengthBytes
                            + " bytes, which is not in RAM; use more memory",
                    e);
        }
    }
}
