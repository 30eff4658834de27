package org.kemari.blockfile;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.DiskSpec;

/**
 * The images that are open in this container, and their locks.
 *
 * <p>A lock of the operating system says who has an image on this host: exclusive for a disk that may be written,
 * shared for a read-only one, none where {@code shared=true}. Such locks (POSIX {@code fcntl}) belong to the process and
 * are lost when the process closes <em>any</em> descriptor of the file, so each image has one entry here, by its file
 * key: users in this process are told apart by the entry, and its channels are closed together, when the last user has
 * gone.
 */
final class OpenImages implements BlockBackendFactory, AutoCloseable {
    /** virtio 1.1 §5.2.4: a disk is a whole number of these. */
    static final int SECTOR_BYTES = 512;

    private final Object lock = new Object();
    private final Map<Object, Image> images = new HashMap<>();
    private final Set<RawDisk> disks = ConcurrentHashMap.newKeySet();

    @Override
    public RawDisk open(String vm, DiskSpec spec) throws BackendException {
        Path path = path(spec);
        synchronized (lock) {
            try {
                return openLocked(vm, spec, path);
            } catch (IOException e) {
                throw new BackendException("path=" + path + " cannot be opened: " + e, e);
            }
        }
    }

    private RawDisk openLocked(String vm, DiskSpec spec, Path path) throws BackendException, IOException {
        Object key = key(path);
        Image image = images.computeIfAbsent(key, k -> new Image());
        boolean done = false;
        try {
            if (!spec.shared()) {
                image.refuseIfHeld(path, spec.readOnly());
            }
            FileChannel channel = image.channel(path, spec.readOnly());
            long sizeBytes = size(path, channel);
            if (!spec.shared()) {
                image.lock(path, channel, spec.readOnly());
            }
            Holder holder = new Holder(vm, spec.readOnly(), spec.shared());
            image.users.add(holder);
            if (!spec.readOnly() && !spec.shared()) {
                HolderNote.write(path, vm);
            }
            RawDisk disk = new RawDisk(vm, path, channel, sizeBytes, spec.readOnly(), gone -> {
                disks.remove(gone);
                release(key, path, holder);
            });
            disks.add(disk);
            done = true;
            return disk;
        } finally {
            if (!done && image.users.isEmpty()) {
                images.remove(key);
                image.close();
            }
        }
    }

    private void release(Object key, Path path, Holder holder) {
        synchronized (lock) {
            Image image = images.get(key);
            if (image == null || !image.users.remove(holder)) {
                throw new IllegalStateException(path + " is released twice");
            }
            if (!holder.readOnly && !holder.shared) {
                HolderNote.delete(path);
            }
            if (image.users.stream().allMatch(user -> user.shared)) {
                image.unlock();
            }
            if (image.users.isEmpty()) {
                images.remove(key);
                image.close();
            }
        }
    }

    /** Closes every disk: what was submitted is finished first. */
    @Override
    public void close() {
        disks.forEach(RawDisk::close);
    }

    private static Path path(DiskSpec spec) throws BackendException {
        if (spec.path().isBlank()) {
            throw new BackendException(
                    "path is empty; name the disk's image, for example path=/var/lib/kemari/disk.img");
        }
        try {
            return Path.of(spec.path()).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new BackendException("path=" + spec.path() + " is no path: " + e.getReason(), e);
        }
    }

    /** What makes two paths one file: device and inode where the file system has them, else the real path. */
    private static Object key(Path path) throws BackendException, IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new BackendException(
                    "path=" + path + " does not exist; make an empty disk with: truncate -s 1G " + path, e);
        }
        if (attributes.isDirectory()) {
            throw new BackendException("path=" + path + " is a directory; name a disk image in it");
        }
        return Optional.ofNullable(attributes.fileKey()).orElse(path.toRealPath());
    }

    private static long size(Path path, FileChannel channel) throws BackendException, IOException {
        long sizeBytes = channel.size();
        if (sizeBytes == 0) {
            throw new BackendException("path=" + path + " is empty; give it a size with: truncate -s 1G " + path);
        }
        if (sizeBytes % SECTOR_BYTES != 0) {
            throw new BackendException("path=" + path + " has " + sizeBytes
                    + " bytes, which is not a multiple of 512; mend it with: truncate -s %512 " + path);
        }
        return sizeBytes;
    }

    /** One user of an image in this process; compared by identity, since a VM may open an image twice read-only. */
    private static final class Holder {
        private final String vm;
        private final boolean readOnly;
        private final boolean shared;

        Holder(String vm, boolean readOnly, boolean shared) {
            this.vm = vm;
            this.readOnly = readOnly;
            this.shared = shared;
        }
    }

    /** One file that is open in this process. Under {@link OpenImages#lock}. */
    private static final class Image {
        private final List<Holder> users = new ArrayList<>();
        private Optional<FileChannel> reading = Optional.empty();
        private Optional<FileChannel> writing = Optional.empty();
        private Optional<FileLock> held = Optional.empty();

        void refuseIfHeld(Path path, boolean readOnly) throws BackendException {
            for (Holder user : users) {
                if (!user.shared && !(readOnly && user.readOnly)) {
                    throw new BackendException("path=" + path + " is locked by vm=" + user.vm
                            + " in this container; stop that VM, or give this one another image");
                }
            }
        }

        FileChannel channel(Path path, boolean readOnly) throws BackendException, IOException {
            Optional<FileChannel> open = readOnly ? reading : writing;
            if (open.isPresent()) {
                return open.get();
            }
            Set<OpenOption> options = readOnly
                    ? Set.of(StandardOpenOption.READ)
                    : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean allowed = Files.isReadable(path) && (readOnly || Files.isWritable(path));
            if (!allowed) {
                throw new BackendException(forbidden(path, readOnly));
            }
            Optional<FileChannel> opened;
            try {
                opened = Optional.of(FileChannel.open(path, options));
            } catch (AccessDeniedException e) {
                // To root all files look writable, and yet some systems (sysfs, a network's server) do not let it.
                throw new BackendException(forbidden(path, readOnly), e);
            }
            if (readOnly) {
                reading = opened;
            } else {
                writing = opened;
            }
            return opened.get();
        }

        private static String forbidden(Path path, boolean readOnly) {
            return readOnly
                    ? "path=" + path + " may not be read; allow it with: chmod u+r " + path
                    : "path=" + path + " may not be written; allow it with: chmod u+rw " + path
                            + ", or attach it read-only: " + path + ",ro";
        }

        /** Takes the host's lock, unless an earlier read-only user of this process has it. */
        void lock(Path path, FileChannel channel, boolean readOnly) throws BackendException, IOException {
            if (held.isPresent()) {
                return;
            }
            try {
                held = Optional.ofNullable(channel.tryLock(0, Long.MAX_VALUE, readOnly));
            } catch (OverlappingFileLockException e) {
                throw new BackendException(locked(path), e);
            }
            if (held.isEmpty()) {
                throw new BackendException(locked(path));
            }
        }

        private static String locked(Path path) {
            return "path=" + path + " is locked by "
                    + HolderNote.read(path).orElse("another program or container on this host")
                    + "; stop that VM, or give this one another image";
        }

        void unlock() {
            held.ifPresent(fileLock -> {
                try {
                    fileLock.release();
                } catch (IOException e) {
                    // The channel is about to be closed, which releases the lock as well.
                }
            });
            held = Optional.empty();
        }

        void close() {
            unlock();
            for (Optional<FileChannel> channel : List.of(reading, writing)) {
                channel.ifPresent(open -> {
                    try {
                        open.close();
                    } catch (IOException e) {
                        // Every flush that the guest asked for was answered before.
                    }
                });
            }
        }
    }
}
