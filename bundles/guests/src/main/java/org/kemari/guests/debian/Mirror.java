package org.kemari.guests.debian;

import java.nio.file.Path;
import java.util.Optional;
import org.kemari.api.guest.GuestException;

/** Where Debian's packages come from: what the user says, else the environment, else what apt uses on this machine. */
public record Mirror(Optional<String> option, Optional<String> environment, Path aptFolder) {
    public static final String VARIABLE = "KEMARI_DEBIAN_MIRROR";

    /** Asked for only when something must be downloaded. */
    String address() throws GuestException {
        Optional<String> address = option.or(() -> environment.filter(text -> !text.isBlank()))
                .or(() -> AptSources.mainArchive(aptFolder));
        String found = address.orElseThrow(() -> new GuestException("no Debian mirror is known: " + VARIABLE
                + " is not set and " + aptFolder
                + " names none; name one, on Debian, Fedora and macOS alike: " + VARIABLE
                + "=http://HOST/debian ./kemari guest fetch; or with --mirror"));
        if (!found.startsWith("http://") && !found.startsWith("https://")) {
            throw new GuestException("mirror=" + found + " is no web address; write it as http://HOST/debian");
        }
        return found;
    }
}
