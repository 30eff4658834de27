package org.kemari.uart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.backend.CharBackendFactory;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.conformance.ConformanceKit;
import org.kemari.conformance.ForbiddenDoors;
import org.kemari.conformance.Rig;
import org.kemari.ports.BackendTracker;
import org.kemari.ports.PortHost;

class UartDeviceTest {
    private static final int THR = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private final Rig rig = new Rig(new byte[16], UartDeviceTest::uart);

    private static Device uart(Rig rig) throws DeviceConfigException {
        return uart(rig, Map.of());
    }

    private static Device uart(Rig rig, Map<String, String> properties) throws DeviceConfigException {
        PortHost ports = new PortHost("test", rig.proxies());
        return new UartDevices(ports, new BackendTracker<CharBackendFactory>())
                .create(new DeviceSpec("uart", "console", properties), rig);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void type(String text) {
        rig.input(new Input.BytesReceived("console", text.getBytes(StandardCharsets.US_ASCII)));
    }

    private int read(int register) {
        return (int) rig.read(register, 1);
    }

    private void write(int register, int value) {
        rig.write(register, 1, value);
    }

    @Test
    void eachByteIsSaidAtOnce() {
        write(THR, 'o');
        write(THR, 'k');
        assertEquals(List.of("bytes [111]", "bytes [107]"), rig.shown());
        assertEquals(0x60, read(LSR));
    }

    @Test
    void enablingTheTransmitterInterruptRaisesItAndReadingItsSourceClearsIt() {
        // What Linux's 8250 driver tests for at startup: serial8250_THRE_test.
        write(IER, 2);
        assertTrue(rig.interruptAsserted());
        assertEquals(2, read(IIR));
        assertFalse(rig.interruptAsserted());
        assertEquals(1, read(IIR));
        write(IER, 0);
        write(IER, 2);
        assertEquals(2, read(IIR));
        write(THR, 'x');
        assertTrue(rig.interruptAsserted(), "the byte has gone: empty again");
        write(IER, 0);
        assertFalse(rig.interruptAsserted());
    }

    @Test
    void inputIsReadInOrderWithItsInterrupt() {
        write(FCR, 1);
        write(IER, 1);
        type("ab");
        assertTrue(rig.interruptAsserted());
        assertEquals(0xC4, read(IIR));
        assertEquals(0x61, read(LSR));
        assertEquals('a', read(THR));
        assertEquals('b', read(THR));
        assertFalse(rig.interruptAsserted());
        assertEquals(0, read(THR));
    }

    @Test
    void belowTheTriggerLevelItIsTheCharacterTimeout() {
        write(FCR, 0xC1);
        write(IER, 1);
        type("abc");
        assertEquals(0xCC, read(IIR));
        type("defghijklmn");
        assertEquals(0xC4, read(IIR));
    }

    @Test
    void pipedInputIsNotLost() {
        write(FCR, 1);
        String script = "echo hello world\n".repeat(3000);
        type(script);
        // A driver that sets up: modem control without RTS, clears the FIFO, reads what it finds.
        write(MCR, 0x09);
        write(FCR, 7);
        assertEquals(0x60, read(LSR));
        assertEquals(0, read(THR));
        write(MCR, 0x0B);
        StringBuilder got = new StringBuilder();
        while ((read(LSR) & 1) != 0) {
            got.append((char) read(THR));
        }
        assertEquals(script, got.toString());
    }

    @Test
    void loopbackShowsModemOutputsAsInputs() {
        // What Linux's autoconfig tests for.
        write(MCR, 0x1A);
        assertEquals(0x90, read(MSR) & 0xF0);
        write(THR, 'z');
        assertEquals('z', read(THR));
        write(MCR, 0);
        assertEquals(0xB0, read(MSR) & 0xF0);
        assertTrue(rig.shown().stream().noneMatch(each -> each.startsWith("bytes")));
    }

    @Test
    void divisorLatchAndScratchHoldTheirValues() {
        write(LCR, 0x83);
        write(THR, 0x34);
        write(IER, 0x12);
        assertEquals(0x34, read(THR));
        assertEquals(0x12, read(IER));
        write(LCR, 3);
        assertEquals(0, read(IER));
        write(SCR, 0x5A);
        assertEquals(0x5A, read(SCR));
    }

    @Test
    void unknownPropertiesAreRefused() {
        DeviceConfigException refused =
                assertThrows(DeviceConfigException.class, () -> uart(rig, Map.of("baud", "9600")));
        assertEquals("console.baud=9600 is not known to uart; use one of backend, target", refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void conformance(long seed) throws Exception {
        new ConformanceKit(16, UartDeviceTest::uart).prove(seed, 3_000, (uart, random) -> {
            switch (random.nextInt(5)) {
                case 0 -> {
                    byte[] typed = new byte[1 + random.nextInt(20)];
                    random.nextBytes(typed);
                    uart.input(new Input.BytesReceived("console", typed));
                }
                case 1, 2 -> uart.read(random.nextInt(8), 1);
                default -> uart.write(random.nextInt(8), 1, random.nextInt(256));
            }
        });
    }

    @Test
    void damagedStateIsRefused() {
        new ConformanceKit(16, UartDeviceTest::uart).refusesDamaged(rig, "uart", "uart.pending", "uart.divisor");
    }

    @Test
    void theDeviceHasNoForbiddenDoor() throws Exception {
        assertEquals(List.of(), ForbiddenDoors.of(UartDevice.class));
    }
}
