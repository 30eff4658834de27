package org.kemari.cli.options;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class OptionsTest {
    @ParameterizedTest
    @CsvSource({"512M, 536870912", "1G, 1073741824", "1024K, 1048576", "1048576, 1048576", "64g, 68719476736"})
    void memoryIsReadWithAndWithoutUnit(String text, long bytes) {
        assertEquals(bytes, MemorySize.parse(text).bytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "M", "-1M", "12Q", "0", "65G", "1000K", "99999999999999999999", "999999999999G", "1.5G"})
    void memoryThatCannotBeIsRefusedWithTheRemedy(String text) {
        String message = refused(() -> MemorySize.parse(text));
        assertTrue(message.contains("use "), message);
    }

    @Test
    void memoryThatIsNoWholeNumberOfPagesIsToldTheNextThatIs() {
        assertEquals("1050000 is not a multiple of 4096; use 1052672", refused(() -> MemorySize.parse("1050000")));
    }

    @Test
    void diskOptionsAreReadFromTheEndSoThatAPathMayHaveCommas() {
        DiskOption disk = DiskOption.parse("/a,b/c,ro,shared");
        assertEquals(Path.of("/a,b/c"), disk.path());
        assertTrue(disk.readOnly() && disk.shared());
        assertEquals("/a,b/c,ro,shared", disk.text());
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:7000", "host:1", "[::1]:65535"})
    void addressesAreRead(String text) {
        assertEquals(text, HostPort.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":1", "host", "host:", "host:0", "host:65536", "::1:7000", "host:99999999999"})
    void addressesThatAreNoneAreRefused(String text) {
        assertTrue(refused(() -> HostPort.parse(text)).startsWith(text));
    }

    @Test
    void networkHasSeveralPeersAndBecomesAConfiguration() {
        NetworkOption network = NetworkOption.parse("lan0,vni=7,listen=127.0.0.1:1,peer=127.0.0.1:2,peer=[::1]:3");
        Map<String, Object> properties = network.properties();
        assertEquals("lan0", properties.get("name"));
        assertEquals(7, properties.get("vni"));
        assertEquals("127.0.0.1:1", properties.get("listen"));
        assertArrayEquals(new String[] {"127.0.0.1:2", "[::1]:3"}, (String[]) properties.get("peers"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "lan0,vni=16777216", "lan0,vni=x", "lan0,peer=h:1", "lan0,colour=red", "lan0,vni"})
    void networksThatAreNoneAreRefused(String text) {
        refused(() -> NetworkOption.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lan0,mac=52:54", "lan0,mac=01:00:00:00:00:01", "lan0,speed=1", ",mac=52:54:00:00:00:01"})
    void cardsThatAreNoneAreRefused(String text) {
        refused(() -> NicOption.parse(text));
    }

    @Test
    void cardWithoutAnAddressLeavesItToTheMachine() {
        assertEquals("lan0", NicOption.parse("lan0").text());
        assertEquals(
                "lan0,mac=52:54:00:0a:00:01",
                NicOption.parse("lan0,mac=52:54:00:0A:00:01").text());
    }

    @Test
    void consolesAreReadAndOthersRefused() {
        for (String text : List.of("stdio", "none", "file:/x", "tcp:127.0.0.1:9", "tcp:0.0.0.0:9,exposed")) {
            assertEquals(text, ConsoleOption.parse(text).text());
        }
        for (String text : List.of("", "pipe", "file:", "tcp:9")) {
            refused(() -> ConsoleOption.parse(text));
        }
        assertTrue(refused(() -> ConsoleOption.parse("tcp:0.0.0.0:9")).contains("say so: tcp:0.0.0.0:9,exposed"));
    }

    private static String refused(Runnable parse) {
        return assertThrows(TypeConversionException.class, parse::run).getMessage();
    }
}
