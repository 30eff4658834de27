package org.kemari.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProtectionSwitchTest {
    private final MapStore store = new MapStore();
    private final ProtectionSwitch protections = new ProtectionSwitch(store);

    @Test
    void firstProtectionWritesAWholeConfiguration() throws IOException {
        protections.on("web", List.of("127.0.0.1:7000"));
        Map<String, Object> written = store.configurations.get("web");
        assertEquals("web", written.get("vm"));
        assertEquals("primary", written.get("role"));
        assertEquals("event", written.get("mode"));
        assertEquals("127.0.0.1:7000", written.get("peer"));
        assertEquals("file", written.get("arbiter"));
        assertTrue(written.get("arbiter.location").toString().endsWith("terms"));
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
