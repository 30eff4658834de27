package org.kemari.arbiterfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ArbiterException;

/**
 * Terms as files {@code VM.term.N}, whose one line is the holder's name.
 *
 * <p>A claim writes a file of its own, forces it, and links it to the term's name: {@code link(2)} fails if the name is
 * there, so exactly one claimant wins, and whoever finds the name finds the whole line behind it. This holds on NFS too.
 * A file system without links is refused, since creating the file first and writing after could leave a term that is won
 * by nobody.
 *
 * <p>Old files are pruned, so a name can be free although its term was won long ago, and a claimant that was asleep could
 * link it a second time. But a term is pruned only while {@value #KEPT_TERMS} higher ones exist, and the highest never
 * goes: so a file counts only if, looked at <em>afterwards</em>, the highest term is less than that far above it. A term
 * further down is lost to the highest term's holder.
 */
final class FileArbiter implements Arbiter {
    /** Enough to read a VM's recent history; more is clutter. */
    static final int KEPT_TERMS = 16;
    /** A holder's name; what is longer is no file of ours. */
    private static final int MAX_HOLDER_BYTES = 512;
    /** Each try is in vain only if other claimants won or pruned terms meanwhile. */
    private static final int MAX_TRIES = 64;

    private static final Pattern VM_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Override
    public Term claim(String location, String vm, long term, String claimant) throws ArbiterException {
        check(vm, term, claimant);
        Path directory = directory(location);
        try {
            for (int tries = 0; tries < MAX_TRIES; tries++) {
                Optional<Term> highest = highest(directory, vm);
                if (highest.isPresent() && farAbove(highest.get(), term)) {
                    return highest.get();
                }
                boolean linked =
                        (highest.isEmpty() || highest.get().number() < term) && link(directory, vm, term, claimant);
                Optional<String> holder = holder(file(directory, vm, term));
                Optional<Term> after = highest(directory, vm);
                if (after.isPresent() && farAbove(after.get(), term)) {
                    if (linked) {
                        Files.deleteIfExists(file(directory, vm, term));
                    }
                    return after.get();
                }
                if (linked) {
                    prune(directory, vm);
                }
                if (holder.isPresent()) {
                    return new Term(vm, term, holder.get());
                }
                if (after.isPresent() && after.get().number() > term) {
                    return after.get(); // Nobody claimed this one, but a higher one: it is too late for it.
                }
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw unreachable(location, e);
        }
        throw new ArbiterException(
                "arbiter location=" + location + ": term " + term + " of vm=" + vm + " was neither won nor lost in "
                        + MAX_TRIES + " tries; look whether something else deletes files there",
                null);
    }

    @Override
    public Optional<Term> current(String location, String vm) throws ArbiterException {
        check(vm, 0, "x");
        try {
            return highest(directory(location), vm);
        } catch (IOException e) {
            throw unreachable(location, e);
        }
    }

    private static boolean farAbove(Term highest, long term) {
        return highest.number() - term >= KEPT_TERMS;
    }

    private static void check(String vm, long term, String claimant) {
        if (!VM_NAME.matcher(vm).matches()) {
            throw new IllegalArgumentException("vm=" + vm + " is no VM name");
        }
        if (term < 0) {
            throw new IllegalArgumentException("term=" + term + " is negative");
        }
        if (claimant.isBlank()
                || claimant.indexOf('\n') >= 0
                || claimant.getBytes(StandardCharsets.UTF_8).length >= MAX_HOLDER_BYTES) {
            throw new IllegalArgumentException("claimant=" + claimant + " is empty, too long, or has a line end");
        }
    }

    private static Path directory(String location) throws ArbiterException {
        Path directory;
        try {
            directory = Path.of(location);
        } catch (InvalidPathException e) {
            throw new ArbiterException("arbiter location=" + location + " is no path; name a directory", e);
        }
        if (location.isBlank()) {
            throw new ArbiterException("arbiter location is empty; name a directory that both hosts reach", null);
        }
        if (!Files.isDirectory(directory)) {
            throw new ArbiterException(
                    "arbiter location=" + location
                            + (Files.exists(directory)
                                    ? " is no directory; name one that both hosts reach"
                                    : " does not exist; make it where both hosts reach it: mkdir -p " + location),
                    null);
        }
        if (!Files.isWritable(directory)) {
            throw new ArbiterException(
                    "arbiter location=" + location + " may not be written; allow it with: chmod u+rwx " + location,
                    null);
        }
        return directory;
    }

    private static ArbiterException unreachable(String location, Exception cause) {
        return new ArbiterException(
                "arbiter location=" + location + " cannot be used (" + cause
                        + "); see that it is mounted, has space, and that its file system has hard links",
                cause);
    }

    /** Makes the term's file, whole, if it does not exist. */
    private static boolean link(Path directory, String vm, long term, String claimant) throws IOException {
        Path mine = directory.resolve("." + vm + ".claim." + UUID.randomUUID());
        try {
            try (FileChannel channel =
                    FileChannel.open(mine, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                ByteBuffer line = StandardCharsets.UTF_8.encode(claimant + "\n");
                while (line.hasRemaining()) {
                    channel.write(line);
                }
                channel.force(true);
            }
            Files.createLink(file(directory, vm, term), mine);
            forceDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(mine);
        }
    }

    /** So that a won term outlives a power cut; not every system lets a directory be opened. */
    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Won all the same: the link is there for everyone who can look now.
        }
    }

    private static Optional<Term> highest(Path directory, String vm) throws IOException {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            List<Long> terms = terms(directory, vm);
            if (terms.isEmpty()) {
                return Optional.empty();
            }
            long number = Collections.max(terms);
            Optional<String> holder = holder(file(directory, vm, number));
            if (holder.isPresent()) {
                return Optional.of(new Term(vm, number, holder.get()));
            }
        }
        throw new IOException("the highest term of vm=" + vm + " vanished " + MAX_TRIES + " times");
    }

    private static List<Long> terms(Path directory, String vm) throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(vm) + "\\.term\\.([0-9]{1,18})");
        List<Long> terms = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher matcher = name.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    terms.add(Long.parseLong(matcher.group(1)));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return terms;
    }

    private static Optional<String> holder(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_HOLDER_BYTES) {
                throw new IOException(file + " is no term: it is longer than " + MAX_HOLDER_BYTES + " bytes");
            }
            String line = Files.readString(file).strip();
            if (line.isEmpty()) {
                throw new IOException(file + " is empty, so nobody knows who holds the term; write the holder's name"
                        + " in it, or remove it if neither side is live");
            }
            return Optional.of(line);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Best effort; never the newest. */
    private static void prune(Path directory, String vm) throws IOException {
        List<Long> terms = terms(directory, vm);
        Collections.sort(terms);
        for (long old : terms.subList(0, Math.max(0, terms.size() - KEPT_TERMS))) {
            try {
                Files.deleteIfExists(file(directory, vm, old));
            } catch (IOException e) {
                return; // The term is won; the next winner prunes.
            }
        }
    }

    private static Path file(Path directory, String vm, long term) {
        return directory.resolve(vm + ".term." + term);
    }
}
