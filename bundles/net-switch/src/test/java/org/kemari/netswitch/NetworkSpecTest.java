package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetworkSpecTest {
    @Test
    void aConfigurationFilesTextAndAProgramsTypesGiveTheSame() {
        NetworkSpec expected = new NetworkSpec(
                "lan0",
                7,
                Optional.of(new InetSocketAddress("127.0.0.1", 4789)),
                List.of(new InetSocketAddress("127.0.0.2", 4789), new InetSocketAddress("127.0.0.3", 4790)));
        assertEquals(
                expected,
                NetworkSpec.of(Map.of(
                        "name", "lan0",
                        "vni", "7",
                        "listen", "127.0.0.1:4789",
                        "peers", "127.0.0.2:4789, 127.0.0.3:4790",
                        "service.pid", "org.kemari.network~lan0")));
        assertEquals(
                expected,
                NetworkSpec.of(Map.of("name", "lan0", "vni", 7, "listen", "127.0.0.1:4789", "peers", new String[] {
                    "127.0.0.2:4789", "127.0.0.3:4790"
                })));
    }

    @Test
    void aNetworkOfThisContainerOnlyNeedsANameOnly() {
        assertEquals(new NetworkSpec("lan0", 0, Optional.empty(), List.of()), NetworkSpec.of(Map.of("name", "lan0")));
    }

    @Test
    void wrongValuesAreRefusedByNameAndValueWithWhatWouldBeRight() {
        refused(Map.of(), "name is missing");
        refused(Map.of("name", "lan 0"), "name=lan 0");
        refused(Map.of("name", "lan0", "vni", "16777216"), "vni=16777216", "0 to 16777215");
        refused(Map.of("name", "lan0", "vni", "-1"), "vni=-1");
        refused(Map.of("name", "lan0", "vni", "x"), "vni=x", "no number");
        refused(Map.of("name", "lan0", "listen", "4789"), "listen=4789", "HOST:PORT");
        refused(Map.of("name", "lan0", "listen", "127.0.0.1:0"), "listen=127.0.0.1:0", "1 to 65535");
        refused(Map.of("name", "lan0", "listen", "127.0.0.1:x"), "listen=127.0.0.1:x");
        refused(Map.of("name", "lan0", "peers", "127.0.0.1:4789"), "peers=", "listen=HOST:PORT");
        refused(Map.of("name", "lan0", "listen", "127.0.0.1:1", "peers", "127.0.0.1:1"), "own listen address");
        refused(Map.of("name", "lan0", "listen", "127.0.0.1:1", "peers", "127.0.0.1:2,127.0.0.1:2"), "twice");
        refused(Map.of("name", "lan0", "peer", "127.0.0.1:4789"), "peer=127.0.0.1:4789 is no property");
    }

    private static void refused(Map<String, Object> properties, String... parts) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> NetworkSpec.of(properties));
        for (String part : parts) {
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
    }
}
