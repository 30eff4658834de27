package org.kemari.api.guest;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The guests that this project knows how to get. A service. */
public interface GuestImages {
    /** The names that {@link #fetch} knows, {@code linux} first. */
    List<String> names();

    /**
     * Gets a guest and puts it in the cache; at once if it is there already. Blocks, for minutes if the network is slow.
     *
     * @param name one of {@link #names}
     * @param mirror the address of a Debian mirror; without it, {@code KEMARI_DEBIAN_MIRROR}, else what apt uses here
     */
    Guest fetch(String name, Optional<String> mirror, GuestProgress progress) throws GuestException;

    /** The guest if it can be had without the network; one that is part of the bundle always can. */
    Optional<Guest> cached(String name) throws GuestException;

    /** The names of the bare-metal CPU loops, ELFs for {@code firmware=none} that power off when done. */
    List<String> loops();

    /** One of {@link #loops} as an ELF; the caller closes it. */
    InputStream loop(String name) throws GuestException;
}
