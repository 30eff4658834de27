package org.kemari.cli.demo;

import java.util.Locale;
import java.util.Optional;

/** Where the client that counts runs. */
enum ClientPlace {
    /** A second guest on the virtual network: needs no rights. */
    GUEST,
    /** A process of this host, which a Linux kernel's vxlan device joins to the virtual network: needs root. */
    HOST;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ClientPlace> of(String word) {
        for (ClientPlace each : values()) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
