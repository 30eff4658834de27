package org.kemari.guests.debian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.guest.GuestException;

class AptSourcesTest {
    @TempDir
    Path apt;

    @Test
    void oneLineFormatGivesTheMainArchiveAndNotSecurityOrOtherVendors() {
        String text = "# deb http://commented.invalid/debian trixie main\n"
                + "deb http://a.invalid/debian-security trixie-security main\n"
                + "deb https://vendor.invalid/apt cloud-sdk main\n"
                + "deb-src http://a.invalid/debian trixie main\n"
                + "deb [arch=amd64 signed-by=/k.gpg] http://a.invalid/debian/ trixie main contrib # mine\n"
                + "deb cdrom:[disk]/ trixie main\n";
        assertEquals(List.of("http://a.invalid/debian"), AptSources.oneLine(text));
    }

    @Test
    void deb822FormatKnowsCommentsFoldedLinesAndDisabledStanzas() {
        String text = "Types: deb\nURIs: http://off.invalid/debian\nSuites: trixie\nComponents: main\nEnabled: no\n\n"
                + "Types: deb deb-src\n# a comment\nURIs: http://b.invalid/debian\nSuites: trixie\n trixie-updates\n"
                + "Components: main\nSigned-By: /k.gpg\n\n\n"
                + "Types: deb\nURIs: http://b.invalid/debian-security\nSuites: trixie-security\nComponents: main\n";
        assertEquals(List.of("http://b.invalid/debian"), AptSources.deb822(text));
    }

    @Test
    void allThreePlacesAreRead() throws IOException {
        assertEquals(Optional.empty(), AptSources.mainArchive(apt));
        Files.createDirectories(apt.resolve("sources.list.d"));
        Files.writeString(apt.resolve("sources.list.d/vendor.list"), "deb http://vendor.invalid/x nodistro main\n");
        Files.writeString(
                apt.resolve("sources.list.d/debian.sources"),
                "Types: deb\nURIs: http://c.invalid/debian\nSuites: bookworm\nComponents: main\n");
        assertEquals(Optional.of("http://c.invalid/debian"), AptSources.mainArchive(apt));
        Files.writeString(apt.resolve("sources.list"), "deb http://d.invalid/debian stable main\n");
        assertEquals(Optional.of("http://d.invalid/debian"), AptSources.mainArchive(apt));
    }

    @Test
    void optionWinsOverEnvironmentAndEnvironmentOverApt() throws Exception {
        Files.writeString(apt.resolve("sources.list"), "deb http://d.invalid/debian stable main\n");
        Optional<String> variable = Optional.of("http://env.invalid/debian");
        assertEquals("http://o.invalid/d", new Mirror(Optional.of("http://o.invalid/d"), variable, apt).address());
        assertEquals("http://env.invalid/debian", new Mirror(Optional.empty(), variable, apt).address());
        assertEquals("http://d.invalid/debian", new Mirror(Optional.empty(), Optional.of(""), apt).address());
    }

    @Test
    void withoutAnyMirrorTheMessageSaysWhatToSet() {
        GuestException e =
                assertThrows(GuestException.class, () -> new Mirror(Optional.empty(), Optional.empty(), apt).address());
        assertTrue(
                e.getMessage()
                        .contains("on Debian, Fedora and macOS alike: KEMARI_DEBIAN_MIRROR=http://HOST/debian"
                                + " ./kemari guest fetch; or with --mirror"),
                e.getMessage());
    }
}
