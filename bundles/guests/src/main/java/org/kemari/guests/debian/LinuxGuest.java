package org.kemari.guests.debian;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.kemari.api.guest.Guest;
import org.kemari.api.guest.GuestException;
import org.kemari.api.guest.GuestProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Linux guest in its cache folder:
 *
 * <pre>
 *   debs/NAME.deb, NAME.deb.part   packages, checked; what is left of a broken download
 *   Image, initramfs.cpio.gz       the guest
 *   made-from                      digest of the recipe, sizes of both; written last
 * </pre>
 */
public final class LinuxGuest {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxGuest.class);

    public static final String NAME = "linux";
    /** A mirror is asked for two files at a time: more is impolite, one leaves the line idle between small files. */
    private static final int PARALLEL_DOWNLOADS = 2;

    private static final Duration STALL_LIMIT = Duration.ofSeconds(30);
    private static final String INDEX = "dists/trixie/main/binary-riscv64/Packages";

    private final Path folder;
    private final LinuxRecipe recipe = new LinuxRecipe();

    public LinuxGuest(Path folder) {
        this.folder = folder;
    }

    private Path kernel() {
        return folder.resolve("Image");
    }

    private Path initrd() {
        return folder.resolve("initramfs.cpio.gz");
    }

    /** The guest, if it is here and made from what this bundle says. */
    public Optional<Guest> cached() {
        try {
            Path stamp = folder.resolve("made-from");
            if (!Files.exists(stamp) || !Files.readString(stamp).equals(stamp())) {
                return Optional.empty();
            }
            return Optional.of(new Guest(NAME, kernel(), Optional.of(initrd()), "builtin"));
        } catch (IOException e) {
            LOG.warn("guest=linux folder={} cannot be read, so the guest is taken as not there", folder, e);
            return Optional.empty();
        }
    }

    private String stamp() throws IOException {
        return recipe.digest() + " " + Files.size(kernel()) + " " + Files.size(initrd()) + "\n";
    }

    /** Gets the guest unless it is here; one fetcher at a time per folder. */
    @SuppressWarnings("try") // the lock is held, not used
    public Guest fetch(Mirror mirror, GuestProgress progress) throws GuestException, InterruptedException {
        try {
            Files.createDirectories(folder.resolve("debs"));
            try (CacheLock lock = CacheLock.take(folder, progress)) {
                Optional<Guest> there = cached();
                return there.isPresent() ? there.get() : make(mirror.address(), progress);
            }
        } catch (IOException e) {
            throw new GuestException(
                    "the guest linux could not be made in " + folder + ": " + e
                            + "; see that the folder is writable and has 400 MB free",
                    e);
        }
    }

    private Guest make(String mirror, GuestProgress progress) throws GuestException, InterruptedException, IOException {
        List<Path> debs = download(mirror, progress);
        progress.report("unpacking the kernel and the programs", 0, 0);
        LinuxRecipe.Parts parts = recipe.build(debs, progress);
        Files.deleteIfExists(folder.resolve("made-from"));
        write(kernel(), out -> out.write(parts.kernel()));
        progress.report("packing the initial ramdisk", 0, 0);
        write(initrd(), out -> {
            // Without a name and a time, gzip's header is the same everywhere.
            GzipParameters parameters = new GzipParameters();
            parameters.setOperatingSystem(255);
            try (GzipCompressorOutputStream gzip = new GzipCompressorOutputStream(out, parameters)) {
                parts.tree().writeTo(gzip);
            }
        });
        byte[] stamp = stamp().getBytes(StandardCharsets.UTF_8);
        write(folder.resolve("made-from"), out -> out.write(stamp));
        LOG.info("guest=linux kernel={} initrd={}", kernel(), initrd());
        return new Guest(NAME, kernel(), Optional.of(initrd()), "builtin");
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void write(Path file, Content content) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
            content.writeTo(out);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private List<Path> download(String mirror, GuestProgress progress) throws GuestException, InterruptedException {
        Download download = new Download(STALL_LIMIT, progress);
        return fetchAll(download, mirror, recipe.packages(), folder.resolve("debs"), progress);
    }

    /** Gets all packages in the order of the list; one that has left the mirror is replaced as the index says. */
    static List<Path> fetchAll(
            Download download, String mirror, List<PinnedPackage> pins, Path debs, GuestProgress progress)
            throws GuestException, InterruptedException {
        PackageIndexFile index = new PackageIndexFile(download, mirror, debs, pins);
        ExecutorService threads = Executors.newFixedThreadPool(PARALLEL_DOWNLOADS, task -> {
            Thread thread = new Thread(task, "kemari-guest-fetch");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<Path>> futures = new ArrayList<>();
            for (PinnedPackage pin : pins) {
                futures.add(threads.submit(() -> fetchOne(download, mirror, pin, debs, index, progress)));
            }
            List<Path> files = new ArrayList<>();
            for (Future<Path> future : futures) {
                files.add(future.get());
            }
            return files;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GuestException) {
                throw (GuestException) e.getCause();
            }
            throw new GuestException("a package could not be fetched: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Path fetchOne(
            Download download,
            String mirror,
            PinnedPackage pin,
            Path debs,
            PackageIndexFile index,
            GuestProgress progress)
            throws GuestException, InterruptedException {
        try {
            return download.pinned(mirror, pin, debs);
        } catch (Download.MissingException gone) {
            PinnedPackage newer = index.get().replacement(pin);
            LOG.warn("guest=linux package={} has left the mirror, replacement={}", pin.fileName(), newer.fileName());
            progress.report(
                    pin.fileName() + " has left the mirror; its index gives " + newer.fileName() + " instead", 0, 0);
            try {
                return download.pinned(mirror, newer, debs);
            } catch (Download.MissingException e) {
                throw new GuestException(
                        newer.path() + " is in the mirror's index but not on the mirror; try again later, or --mirror",
                        e);
            }
        }
    }

    /** The mirror's index, fetched once and only if a pin is missing. */
    private static final class PackageIndexFile {
        private final Download download;
        private final String mirror;
        private final Path folder;
        private final List<String> names;
        private Optional<PackageIndex> index = Optional.empty();

        PackageIndexFile(Download download, String mirror, Path folder, List<PinnedPackage> pins) {
            this.download = download;
            this.mirror = mirror;
            this.folder = folder;
            this.names = pins.stream().map(PinnedPackage::packageName).collect(Collectors.toUnmodifiableList());
        }

        synchronized PackageIndex get() throws GuestException, InterruptedException {
            if (index.isEmpty()) {
                for (String ending : List.of(".xz", ".gz")) {
                    try {
                        Path file = download.fresh(mirror, INDEX + ending, folder.resolve("Packages" + ending));
                        index = Optional.of(PackageIndex.read(file, names));
                        return index.get();
                    } catch (Download.MissingException e) {
                        // Each mirror has at least one of the two.
                        continue;
                    } catch (IOException e) {
                        throw new GuestException("the mirror's index " + INDEX + ending + " cannot be read: " + e, e);
                    }
                }
                throw new GuestException("mirror=" + mirror + " has neither the pinned packages nor " + INDEX
                        + ".xz; name a Debian mirror with --mirror or KEMARI_DEBIAN_MIRROR");
            }
            return index.get();
        }
    }
}
