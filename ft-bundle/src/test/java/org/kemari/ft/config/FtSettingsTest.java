package org.kemari.ft.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.ProtectionMode;
import org.kemari.api.protection.ProtectionRole;

final class FtSettingsTest {
    private static Map<String, Object> good() {
        return new HashMap<>(Map.of("vm", "web", "peer", "127.0.0.1:7000", "arbiter.location", "/terms"));
    }

    private static void refused(String property, Object value, String... words) {
        Map<String, Object> properties = good();
        properties.put(property, value);
        FtConfigException e = assertThrows(FtConfigException.class, () -> FtSettings.parse(properties, "me"));
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage() + " lacks " + word);
        }
    }

    @Test
    void defaultsAreWhatTheManualSays() throws FtConfigException {
        FtSettings settings = FtSettings.parse(good(), "me");
        assertEquals(ProtectionRole.PRIMARY, settings.role());
        assertEquals(ProtectionMode.EVENT, settings.mode());
        assertEquals(50, settings.heartbeatMillis());
        assertEquals(250, settings.heartbeatLimitMillis());
        assertEquals(100, settings.epochMaxMillis());
        assertEquals("file", settings.arbiter());
        assertEquals("me", settings.node());
    }

    @Test
    void numbersMayComeAsNumbersOrText() throws FtConfigException {
        Map<String, Object> properties = good();
        properties.put("epoch.ms", 40L);
        properties.put("heartbeat.ms", " 20 ");
        FtSettings settings = FtSettings.parse(properties, "me");
        assertEquals(40, settings.epochMaxMillis());
        assertEquals(20, settings.heartbeatMillis());
    }

    @Test
    void wrongValuesAreRefusedWithPropertyValueAndRemedy() {
        refused("vm", "a b", "vm=a b", "name of the VM");
        refused("role", "boss", "role=boss", "primary, backup");
        refused("mode", "lockstep", "mode=lockstep", "use event");
        refused("mode", "always", "mode=always", "event");
        refused("peer", "nowhere", "peer=nowhere", "HOST:PORT");
        refused("peer", "host:99999", "peer=host:99999", "HOST:PORT");
        refused("peer", ":7000", "peer=:7000", "HOST:PORT");
        refused("peer", "", "peer is missing", "HOST:PORT");
        refused("role", "backup", "listen is missing");
        refused("arbiter.location", "", "arbiter.location is missing", "directory");
        refused("epoch.ms", "0", "epoch.ms=0", "1 to 60000");
        refused("epoch.ms", "soon", "epoch.ms=soon", "milliseconds");
        refused("epoch.settle.us", "100001", "epoch.settle.us=100001", "0 to 100000");
        refused("epoch.settle.us", "long", "epoch.settle.us=long", "microseconds");
        refused("epoch.min.ms", "200", "epoch.min.ms=200", "epoch.ms=100");
        refused("heartbeat.limit.ms", "60", "heartbeat.limit.ms=60", "100 or more");
    }

    @Test
    void switchedOffNeedsNothingElse() throws FtConfigException {
        assertEquals(
                ProtectionMode.OFF,
                FtSettings.parse(Map.of("vm", "web", "mode", "off"), "me").mode());
    }
}
