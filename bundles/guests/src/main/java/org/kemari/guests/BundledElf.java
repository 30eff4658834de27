package org.kemari.guests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.kemari.api.guest.GuestException;

/** The programs that are part of this bundle. */
final class BundledElf {
    private static final List<String> LOOPS =
            List.of("core", "integer", "branches", "calls", "loads", "stores", "floats", "syscalls", "pagefaults");

    private BundledElf() {}

    static List<String> loops() {
        return LOOPS;
    }

    static InputStream openLoop(String name) throws GuestException {
        if (!LOOPS.contains(name)) {
            throw new GuestException("loop=" + name + " is not known; known are " + String.join(", ", LOOPS));
        }
        return open("loops/" + name + ".elf");
    }

    private static InputStream open(String resource) throws GuestException {
        InputStream in = BundledElf.class.getResourceAsStream("/org/kemari/guests/" + resource);
        if (in == null) {
            throw new GuestException("this bundle was built without " + resource + "; build it again");
        }
        return in;
    }

    /** Puts a program into a folder, unless it is there byte for byte. */
    static Path extract(String resource, Path folder) throws GuestException {
        Path file = folder.resolve(resource);
        try (InputStream in = open(resource)) {
            byte[] content = in.readAllBytes();
            if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
                return file;
            }
            Files.createDirectories(folder);
            // A name of its own: two processes may do this at once.
            Path part = Files.createTempFile(folder, resource, ".part");
            Files.write(part, content);
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new GuestException(file + " cannot be written: " + e + "; see that the folder is writable", e);
        }
    }
}
