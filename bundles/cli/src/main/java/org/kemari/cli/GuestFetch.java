package org.kemari.cli;

import java.io.PrintStream;
import java.util.Optional;
import org.kemari.api.guest.Guest;
import org.kemari.api.guest.GuestException;
import org.kemari.api.guest.GuestImages;
import org.kemari.api.guest.GuestProgress;
import org.kemari.cli.container.Container;

/** Gets a guest, telling of it when that takes longer than a person waits without wondering. */
public final class GuestFetch {
    private static final long FIRST_NANOS = 2_000_000_000L;
    private static final long NEXT_NANOS = 2_000_000_000L;

    private final Container container;
    private final PrintStream err;

    public GuestFetch(Container container, PrintStream err) {
        this.container = container;
        this.err = err;
    }

    public Guest fetch(String name, Optional<String> mirror) throws GuestException {
        GuestImages images = images();
        if (!images.names().contains(name)) {
            throw new GuestException(name + " is no guest; use one of " + String.join(", ", images.names()));
        }
        return images.fetch(name, mirror, new Teller(err));
    }

    /** The guest if it needs no network. */
    public Optional<Guest> cached(String name) throws GuestException {
        return images().cached(name);
    }

    private GuestImages images() throws GuestException {
        return container
                .guestImages()
                .orElseThrow(() -> new GuestException("bundle org.kemari.guests is not there; build Kemari anew"));
    }

    /** Says at most every two seconds what is going on. Any thread. */
    private static final class Teller implements GuestProgress {
        private final PrintStream err;
        private long nextNanos = System.nanoTime() + FIRST_NANOS;

        Teller(PrintStream err) {
            this.err = err;
        }

        @Override
        public synchronized void report(String step, long doneBytes, long totalBytes) {
            long now = System.nanoTime();
            if (now - nextNanos < 0) {
                return;
            }
            nextNanos = now + NEXT_NANOS;
            String much = totalBytes == 0
                    ? ""
                    : ", " + doneBytes * 100 / totalBytes + " % of " + Math.max(1, totalBytes >> 20) + " MiB";
            err.println("kemari: getting the guest: " + step + much);
        }
    }
}
