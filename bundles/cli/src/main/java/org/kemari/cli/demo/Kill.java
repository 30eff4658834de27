package org.kemari.cli.demo;

import java.util.Locale;

/** Whose process gets SIGKILL. */
enum Kill {
    PRIMARY(
            "The primary was killed in the middle of traffic; the guest went on at the backup, and its client never knew."),
    BACKUP(
            "The backup was killed in the middle of traffic; the guest went on at the primary, and its client never knew."),
    NONE("Nobody was killed; the guest was protected all along.");

    final String story;

    Kill(String story) {
        this.story = story;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
