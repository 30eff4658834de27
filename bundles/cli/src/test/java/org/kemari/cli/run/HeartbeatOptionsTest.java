package org.kemari.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kemari.cli.options.HostPort;
import org.kemari.cli.options.InvalidOptionException;
import picocli.CommandLine;

class HeartbeatOptionsTest {
    private static ProtectionSettings settings(String words) {
        HeartbeatOptions options = new HeartbeatOptions();
        CommandLine.populateCommand(options, words.isEmpty() ? new String[0] : words.split(" "));
        return new ProtectionSettings(false, new HostPort("127.0.0.1", 7000), Path.of("/terms"), options);
    }

    @Test
    void whatIsGivenGoesIntoTheConfigurationAndTheOtherKeepsItsDefault() throws InvalidOptionException {
        ProtectionSettings both = settings("--heartbeat 20 --heartbeat-limit 1000");
        both.check();
        Map<String, Object> properties = both.properties("web");
        assertEquals(20L, properties.get("heartbeat.ms"));
        assertEquals(1000L, properties.get("heartbeat.limit.ms"));
        properties = settings("--heartbeat-limit 60000").properties("web");
        assertEquals(50L, properties.get("heartbeat.ms"));
        assertEquals(60000L, properties.get("heartbeat.limit.ms"));
        assertEquals(250L, settings("--heartbeat 30").properties("web").get("heartbeat.limit.ms"));
    }

    @Test
    void withoutThemTheConfigurationsDefaultsHold() throws InvalidOptionException {
        ProtectionSettings none = settings("");
        none.check();
        assertFalse(none.properties("web").containsKey("heartbeat.ms"));
        assertFalse(none.properties("web").containsKey("heartbeat.limit.ms"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--heartbeat 0|--heartbeat=0 is out of range; use 1 to 30000",
                "--heartbeat 30001|--heartbeat=30001 is out of range; use 1 to 30000",
                "--heartbeat-limit 60001|--heartbeat-limit=60001 is out of range; use at most 60000",
                "--heartbeat 200|--heartbeat-limit=250 is less than two heartbeats of 200 ms; use 400 or more",
                "--heartbeat-limit 99|--heartbeat-limit=99 is less than two heartbeats of 50 ms; use 100 or more"
            })
    void whatCannotWorkIsRefusedWithTheRemedy(String words, String message) {
        assertEquals(
                message,
                assertThrows(InvalidOptionException.class, () -> settings(words).check())
                        .getMessage());
    }
}
