package org.kemari.guests.debian;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.kemari.api.guest.GuestException;
import org.kemari.api.guest.GuestProgress;

/**
 * Gets files over HTTP. What came is kept in {@code NAME.part}, and the next try asks for the rest only; a file takes its
 * name when its size and hash are right, in one step.
 */
final class Download {
    /** A mirror that does not answer for so long is not there. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);

    private static final Duration HEADER_LIMIT = Duration.ofSeconds(60);
    /** Broken connections in a row, none of which brought a byte, before the mirror is given up. */
    private static final int MAX_FRUITLESS_TRIES = 3;
    /** Broken connections in all: a bound for a mirror that hands out a few bytes at a time. */
    private static final int MAX_TRIES = 20;

    /** How a machine without network comes by one; the launcher says the same of Maven's downloads. */
    private static final String CONNECT = "without network, connect: Debian: sudo systemctl restart networking;"
            + " Fedora: sudo systemctl restart NetworkManager; macOS: sudo networksetup -setairportpower en0 on";

    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long REPORT_EVERY_BYTES = 1 << 18;

    private final HttpClient http;
    private final Duration stallLimit;
    private final GuestProgress progress;

    /** {@code stallLimit}: a connection that brings nothing for so long is cut, and tried again. */
    Download(Duration stallLimit, GuestProgress progress) {
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        this.stallLimit = stallLimit;
        this.progress = progress;
    }

    /** The mirror does not have the file. */
    static final class MissingException extends Exception {
        private static final long serialVersionUID = 1L;

        MissingException(URI address) {
            super(address + " is not there");
        }
    }

    /** Gets a pinned package, twice if the first copy is not what was pinned; at once if it is there and right. */
    Path pinned(String mirror, PinnedPackage pin, Path folder)
            throws GuestException, MissingException, InterruptedException {
        Path file = folder.resolve(pin.fileName());
        try {
            if (Files.exists(file)) {
                if (Files.size(file) == pin.sizeBytes() && sha256(file).equals(pin.sha256())) {
                    return file;
                }
                Files.delete(file);
            }
            Path part = folder.resolve(pin.fileName() + ".part");
            URI address = address(mirror, pin.path());
            get(address, part, OptionalLong.of(pin.sizeBytes()));
            String found = sha256(part);
            if (!found.equals(pin.sha256())) {
                // The part may be left from another version or a bad proxy: once more, from scratch.
                Files.delete(part);
                get(address, part, OptionalLong.of(pin.sizeBytes()));
                found = sha256(part);
            }
            if (!found.equals(pin.sha256())) {
                Files.delete(part);
                throw new GuestException(address + " is not what was pinned and was refused: SHA-256 expected "
                        + pin.sha256() + ", found " + found
                        + "; try --mirror with another mirror, and look whether a proxy changes downloads");
            }
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new GuestException("the cache " + folder + " cannot be used: " + e + "; is the disk full?", e);
        }
    }

    /** Gets a file of which nothing is known beforehand, anew. */
    Path fresh(String mirror, String path, Path file) throws GuestException, MissingException, InterruptedException {
        try {
            Files.deleteIfExists(file);
            get(address(mirror, path), file, OptionalLong.empty());
            return file;
        } catch (IOException e) {
            throw new GuestException("the cache file " + file + " cannot be written: " + e, e);
        }
    }

    private static URI address(String mirror, String path) throws GuestException {
        try {
            return URI.create(mirror.replaceFirst("/+$", "") + "/" + path.replace("~", "%7E"));
        } catch (IllegalArgumentException e) {
            throw new GuestException("mirror=" + mirror + " is no web address; write it as http://HOST/debian", e);
        }
    }

    private void get(URI address, Path part, OptionalLong size)
            throws GuestException, MissingException, InterruptedException, IOException {
        int fruitless = 0;
        for (int tries = 1; ; tries++) {
            long before = Files.exists(part) ? Files.size(part) : 0;
            if (size.isPresent() && before > size.getAsLong()) {
                Files.delete(part);
                before = 0;
            }
            if (size.isPresent() && before == size.getAsLong()) {
                return;
            }
            String cause;
            try {
                if (attempt(address, part, before, size)) {
                    return;
                }
                cause = "the file ended early";
            } catch (ConnectionBrokenException e) {
                cause = told(e.getCause());
            }
            long after = Files.exists(part) ? Files.size(part) : 0;
            fruitless = after > before ? 0 : fruitless + 1;
            if (fruitless >= MAX_FRUITLESS_TRIES || tries >= MAX_TRIES) {
                throw new GuestException(address + " could not be fetched in " + tries + " tries: " + cause
                        + "; what came is kept, so try again; " + CONNECT
                        + "; or name another mirror with --mirror http://HOST/debian");
            }
        }
    }

    /** The JDK's client tells of a host without a name or a route in an exception that has no text. */
    private static String told(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof UnresolvedAddressException) {
                return "its host cannot be found: there is no network, or no such host";
            }
        }
        if (failure.getMessage() == null && failure instanceof ConnectException) {
            return "its host cannot be reached: there is no network, or nothing listens there";
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** The network's fault, to be told from the disk's. */
    private static final class ConnectionBrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        ConnectionBrokenException(IOException cause) {
            super(cause);
        }
    }

    /** One request; true if the file is whole as far as its length tells. */
    private boolean attempt(URI address, Path part, long have, OptionalLong size)
            throws GuestException, MissingException, InterruptedException, IOException, ConnectionBrokenException {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(address).timeout(HEADER_LIMIT).GET();
        } catch (IllegalArgumentException e) {
            throw new GuestException("mirror address " + address + " cannot be used: " + e.getMessage(), e);
        }
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new ConnectionBrokenException(e);
        }
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status == NOT_FOUND || status == GONE) {
                throw new MissingException(address);
            }
            if (status == RANGE_NOT_SATISFIABLE) {
                Files.deleteIfExists(part);
                return false;
            }
            if (status != 200 && status != 206) {
                throw new ConnectionBrokenException(new IOException("the mirror answered HTTP status " + status));
            }
            // A server that knows no ranges sends the whole file again.
            long start = status == 206 ? have : 0;
            OptionalLong length = response.headers().firstValueAsLong("Content-Length");
            long total = size.orElse(length.isPresent() ? start + length.getAsLong() : 0);
            long end = copy(body, part, start, size.orElse(PinnedPackage.MAX_SIZE_BYTES), total);
            return size.isPresent() ? end == size.getAsLong() : length.isEmpty() || end == total;
        }
    }

    private long copy(InputStream body, Path part, long start, long limit, long total)
            throws IOException, ConnectionBrokenException, GuestException {
        String name = part.getFileName().toString().replaceFirst("\\.part$", "");
        StandardOpenOption position = start > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
        try (OutputStream out =
                        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, position);
                StallWatch watch = new StallWatch(body, stallLimit)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long done = start;
            long reported = start;
            progress.report(name, done, total);
            while (true) {
                int count = read(body, buffer, watch);
                if (count < 0) {
                    progress.report(name, done, total);
                    return done;
                }
                done += count;
                if (done > limit) {
                    throw new GuestException(name + " is longer than the " + limit
                            + " bytes it should have and was refused; try --mirror with another mirror");
                }
                out.write(buffer, 0, count);
                if (done - reported >= REPORT_EVERY_BYTES) {
                    reported = done;
                    progress.report(name, done, total);
                }
            }
        }
    }

    private static int read(InputStream body, byte[] buffer, StallWatch watch) throws ConnectionBrokenException {
        try {
            int count = body.read(buffer);
            watch.alive();
            return count;
        } catch (IOException e) {
            throw new ConnectionBrokenException(watch.cut() ? new IOException("the connection stalled", e) : e);
        }
    }

    /** Closes a body that has stalled, since a read of it knows no time limit. */
    private static final class StallWatch implements AutoCloseable {
        private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
        private final AtomicBoolean cut = new AtomicBoolean();
        private final Thread thread;

        StallWatch(InputStream body, Duration limit) {
            thread = new Thread(() -> watch(body, limit), "kemari-download-watch");
            thread.setDaemon(true);
            thread.start();
        }

        private void watch(InputStream body, Duration limit) {
            try {
                while (true) {
                    long left = limit.toNanos() - (System.nanoTime() - lastNanos.get());
                    if (left <= 0) {
                        cut.set(true);
                        body.close();
                        return;
                    }
                    Thread.sleep(left / 1_000_000 + 1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                // Closing a connection that is broken anyway: its reader is told by its own exception.
                return;
            }
        }

        void alive() {
            lastNanos.set(System.nanoTime());
        }

        boolean cut() {
            return cut.get();
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
