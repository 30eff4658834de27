package org.kemari.guests;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.guest.Guest;
import org.kemari.api.guest.GuestException;
import org.kemari.api.guest.GuestProgress;
import org.kemari.guests.debian.LinuxGuest;
import org.kemari.guests.debian.Mirror;

/** The folder that holds one folder per guest. */
final class GuestCache {
    private static final String TINY = "tiny";

    private final Path folder;
    private final Map<String, String> environment;
    private final Path aptFolder;
    private final LinuxGuest linux;

    GuestCache(Path folder, Map<String, String> environment, Path aptFolder) {
        this.folder = folder;
        this.environment = environment;
        this.aptFolder = aptFolder;
        this.linux = new LinuxGuest(folder.resolve(LinuxGuest.NAME));
    }

    /** By the XDG Base Directory specification, a relative path in the variable is ignored. */
    static Path folder(Map<String, String> environment, Path home) {
        String set = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = set.startsWith("/") ? Path.of(set) : home.resolve(".cache");
        return base.resolve("kemari").resolve("guests");
    }

    List<String> names() {
        return List.of(LinuxGuest.NAME, TINY);
    }

    Guest fetch(String name, Optional<String> mirror, GuestProgress progress) throws GuestException {
        if (!name.equals(LinuxGuest.NAME)) {
            return bundled(name);
        }
        Optional<Guest> there = linux.cached();
        if (there.isPresent()) {
            return there.get();
        }
        try {
            Optional<String> variable = Optional.ofNullable(environment.get(Mirror.VARIABLE));
            return linux.fetch(new Mirror(mirror, variable, aptFolder), progress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException("the fetch of " + name + " was interrupted; what came is kept", e);
        }
    }

    Optional<Guest> cached(String name) throws GuestException {
        return name.equals(LinuxGuest.NAME) ? linux.cached() : Optional.of(bundled(name));
    }

    private Guest bundled(String name) throws GuestException {
        if (!name.equals(TINY)) {
            throw new GuestException("guest=" + name + " is not known; known are " + String.join(", ", names()));
        }
        Path file = BundledElf.extract("tiny.elf", folder.resolve(TINY));
        return new Guest(TINY, file, Optional.empty(), "none");
    }
}
