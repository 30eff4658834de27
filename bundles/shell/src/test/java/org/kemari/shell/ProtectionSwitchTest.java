package org.kemari.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtectionSwitchTest {
    private final MapStore store = new MapStore();

    @TempDir
    Path home;

    private ProtectionSwitch protections;

    @BeforeEach
    void make() {
        protections = new ProtectionSwitch(store, TermsFolder.ofUser(Map.of(), home.toString()));
    }

    private Path terms() {
        return home.resolve(".local/state/kemari/terms");
    }

    @Test
    void firstProtectionWritesAWholeConfiguration() throws IOException {
        protections.on("web", List.of("127.0.0.1:7000"));
        Map<String, Object> written = store.configurations.get("web");
        assertEquals("web", written.get("vm"));
        assertEquals("primary", written.get("role"));
        assertEquals("event", written.get("mode"));
        assertEquals("127.0.0.1:7000", written.get("peer"));
        assertEquals("file", written.get("arbiter"));
        assertEquals(terms().toString(), written.get("arbiter.location"));
        assertTrue(Files.isDirectory(terms()), "the arbiter would refuse a folder that is not there");
    }

    @Test
    void folderForTermsFollowsXdg() {
        assertEquals(
                Path.of("/s/kemari/terms"),
                TermsFolder.ofUser(Map.of("XDG_STATE_HOME", "/s"), "/home/a").path());
        assertEquals(
                Path.of("/home/a/.local/state/kemari/terms"),
                TermsFolder.ofUser(Map.of("XDG_STATE_HOME", ""), "/home/a").path());
    }

    @Test
    void folderForTermsThatCannotBeMadeIsNamedAndNothingConfigured() throws IOException {
        Files.writeString(home.resolve(".local"), "I am no folder");
        Exception refused = assertThrows(IOException.class, () -> protections.on("web", List.of("127.0.0.1:7000")));
        assertTrue(refused.getMessage().contains(terms().toString()), refused.getMessage());
        assertTrue(refused.getMessage().contains("arbiter.location"), refused.getMessage());
        assertTrue(store.configurations.isEmpty());
    }

    @Test
    void folderOfAnEarlierConfigurationStaysAndNoOtherIsMade() throws IOException {
        store.configurations.put("web", new LinkedHashMap<>(Map.of("vm", "web", "arbiter.location", "/shared/terms")));
        protections.on("web", List.of("127.0.0.1:7000"));
        assertEquals("/shared/terms", store.configurations.get("web").get("arbiter.location"));
        assertTrue(Files.notExists(terms()));
    }

    @Test
    void protectionSwitchedOffAndOnKeepsPeerModeAndWhatElseStandsThere() throws IOException {
        store.configurations.put(
                "web", new LinkedHashMap<>(Map.of("vm", "web", "mode", "periodic", "peer", "[::1]:7", "epoch.ms", 20)));
        protections.off("web");
        assertEquals("off", store.configurations.get("web").get("mode"));
        protections.on("web", List.of());
        assertEquals("event", store.configurations.get("web").get("mode"));
        assertEquals("[::1]:7", store.configurations.get("web").get("peer"));
        assertEquals(20, store.configurations.get("web").get("epoch.ms"));
    }

    @Test
    void protectionWithoutAKnownBackupIsRefusedAndNamesTheRemedy() {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> protections.on("web", List.of()));
        assertEquals("VM web has no backup configured; use kemari:protect web HOST:PORT", refused.getMessage());
        assertTrue(store.configurations.isEmpty());
        assertTrue(Files.notExists(terms()));
    }

    @Test
    void addressThatIsNoneIsRefused() {
        Exception refused =
                assertThrows(IllegalArgumentException.class, () -> protections.on("web", List.of("nowhere")));
        assertTrue(refused.getMessage().contains("peer=nowhere"));
    }

    @Test
    void switchingOffWhatIsNotProtectedSaysSo() {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> protections.off("web"));
        assertTrue(refused.getMessage().startsWith("VM web is not protected"));
    }

    private static final class MapStore implements ProtectionSwitch.Store {
        private final Map<String, Map<String, Object>> configurations = new HashMap<>();

        @Override
        public Optional<Map<String, Object>> read(String vm) {
            return Optional.ofNullable(configurations.get(vm)).map(LinkedHashMap::new);
        }

        @Override
        public void write(String vm, Map<String, Object> properties) {
            configurations.put(vm, properties);
        }
    }
}
