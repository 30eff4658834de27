package org.kemari.guests;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kemari.api.guest.Guest;
import org.kemari.api.guest.GuestException;
import org.kemari.api.guest.GuestImages;
import org.kemari.api.guest.GuestProgress;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Offers the guests of this user's cache folder. */
@Component
public final class GuestImagesComponent implements GuestImages {
    private final GuestCache cache;

    @Activate
    public GuestImagesComponent() {
        cache = new GuestCache(
                GuestCache.folder(System.getenv(), Path.of(System.getProperty("user.home"))),
                System.getenv(),
                Path.of("/etc/apt"));
    }

    @Override
    public List<String> names() {
        return cache.names();
    }

    @Override
    public Guest fetch(String name, Optional<String> mirror, GuestProgress progress) throws GuestException {
        return cache.fetch(name, mirror, progress);
    }

    @Override
    public Optional<Guest> cached(String name) throws GuestException {
        return cache.cached(name);
    }

    @Override
    public List<String> loops() {
        return BundledElf.loops();
    }

    @Override
    public InputStream loop(String name) throws GuestException {
        return BundledElf.openLoop(name);
    }
}
