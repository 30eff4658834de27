package org.kemari.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where {@code arbiter-file} keeps terms when nobody says where: the same folder as {@code kemari run} and {@code kemari
 * backup} take, so that a VM protected from the shell and its backup on the same host meet there.
 */
record TermsFolder(Path path) {
    /** In the user's state folder (XDG base directory specification). */
    static TermsFolder ofUser(Map<String, String> environment, String home) {
        String state = environment.get("XDG_STATE_HOME");
        Path base = state == null || state.isEmpty() ? Path.of(home, ".local", "state") : Path.of(state);
        return new TermsFolder(base.resolve("kemari").resolve("terms").toAbsolutePath());
    }

    /** Makes it unless it is there: an arbiter takes only a folder that exists, lest a typing error become one. */
    Path made() throws IOException {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new IOException(
                    "the folder for terms " + path + " cannot be made (" + e
                            + "); make it, or configure another one as arbiter.location of org.kemari.ft",
                    e);
        }
    }
}
