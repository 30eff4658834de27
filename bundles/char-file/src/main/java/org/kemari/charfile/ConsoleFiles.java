package org.kemari.charfile;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.CharBackend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console files that are open. {@code target=PATH} appends, so that what a VM said before it came back is kept;
 * {@code target=PATH,truncate} starts anew. Nothing is ever typed at a file.
 */
final class ConsoleFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleFiles.class);

    private static final String TRUNCATE = ",truncate";
    /** How long a console that closes waits for a slow disk. */
    private static final long DRAIN_MILLIS = 5_000;

    private final Set<Console> consoles = ConcurrentHashMap.newKeySet();

    CharBackend open(String vm, String target) throws BackendException {
        boolean truncate = target.endsWith(TRUNCATE);
        Path path = path(truncate ? target.substring(0, target.length() - TRUNCATE.length()) : target);
        OpenOption how = truncate ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
        OutputStream out;
        try {
            out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        } catch (IOException e) {
            throw new BackendException(
                    "target=" + path + " cannot be written (" + e + "); allow it with: chmod u+w " + path
                            + ", or name another file",
                    e);
        }
        Console console = new Console(vm, path, new OutputQueue(vm, path, out));
        consoles.add(console);
        return console;
    }

    private static Path path(String text) throws BackendException {
        if (text.isBlank()) {
            throw new BackendException("target is empty; name the console's file, for example target=/tmp/vm1.log");
        }
        Path path;
        try {
            path = Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new BackendException("target=" + text + " is no path: " + e.getReason(), e);
        }
        if (Files.isDirectory(path)) {
            throw new BackendException("target=" + path + " is a directory; name a file in it");
        }
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new BackendException(
                    "target=" + path + ": its folder does not exist; make it with: mkdir -p " + folder);
        }
        return path;
    }

    @Override
    public void close() {
        consoles.forEach(Console::close);
    }

    /** A file in one VM's hands. */
    private final class Console implements CharBackend {
        private final String vm;
        private final Path path;
        private final OutputQueue out;

        Console(String vm, Path path, OutputQueue out) {
            this.vm = vm;
            this.path = path;
            this.out = out;
        }

        @Override
        public void write(byte[] bytes) {
            out.write(bytes);
        }

        @Override
        public void close() {
            out.close();
            try {
                if (consoles.remove(this) && !out.drain(DRAIN_MILLIS)) {
                    LOG.warn("vm={} console file {} took not all output in {} ms", vm, path, DRAIN_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
