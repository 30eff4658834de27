package org.kemari.guests.debian;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.kemari.api.guest.GuestException;
import org.kemari.api.guest.GuestProgress;

/** Keeps two fetchers, of one process or of two, out of one cache folder. The lock goes with the process that held it. */
final class CacheLock implements AutoCloseable {
    private static final long RETRY_MILLIS = 200;
    /** Longer than a fetch over a slow line takes. */
    private static final long MAX_WAIT_MILLIS = 3_600_000;

    private final FileChannel channel;
    private final FileLock lock;

    private CacheLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    static CacheLock take(Path folder, GuestProgress progress)
            throws GuestException, InterruptedException, IOException {
        Path file = folder.resolve("lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            for (long waited = 0; waited <= MAX_WAIT_MILLIS; waited += RETRY_MILLIS) {
                Optional<FileLock> lock = tryLock(channel);
                if (lock.isPresent()) {
                    taken = true;
                    return new CacheLock(channel, lock.get());
                }
                if (waited == 0) {
                    progress.report("waiting for another fetch into " + folder, 0, 0);
                }
                Thread.sleep(RETRY_MILLIS);
            }
            throw new GuestException(file + " has been locked for an hour; end the process that holds it");
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            // Held by another thread of this process.
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            lock.release();
        }
    }
}
