package org.kemari.virtioconsole;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
import org.kemari.virtio.TestDriver;
import org.kemari.virtio.TestDriver.Part;
import org.kemari.virtio.TestDriver.Used;

class VirtioConsoleDeviceTest {
    private static final int RAM_BYTES = 64 << 10;
    private static final int RECEIVE = 0;
    private static final int TRANSMIT = 1;

    private static Device device(Rig rig) throws DeviceConfigException {
        return device(rig, Map.of());
    }

    private static Device device(Rig rig, Map<String, String> properties) throws DeviceConfigException {
        return new VirtioConsoleDevices(new PortHost("test", rig.proxies()), new BackendTracker<CharBackendFactory>())
                .create(new DeviceSpec("virtio-console", "hvc0", properties), rig);
    }

    private static TestDriver started() {
        Rig rig = new Rig(new byte[RAM_BYTES], VirtioConsoleDeviceTest::device);
        rig.device().goLive();
        TestDriver driver = new TestDriver(rig, 2, true);
        driver.start(0);
        return driver;
    }

    private static long slot(TestDriver driver, int queue) {
        return driver.firstFree() + 0x100L * (queue * TestDriver.QUEUE_SIZE + driver.nextHead(queue));
    }

    private static void say(TestDriver driver, byte[] bytes) {
        long at = slot(driver, TRANSMIT);
        driver.rig().poke(at, bytes);
        driver.add(TRANSMIT, List.of(new Part(at, bytes.length, false)), false);
        driver.kick(TRANSMIT);
    }

    private static void listen(TestDriver driver, int lengthBytes) {
        driver.add(RECEIVE, List.of(new Part(slot(driver, RECEIVE), lengthBytes, true)), false);
        driver.kick(RECEIVE);
    }

    @Test
    void whatTheGuestWritesIsSaid() {
        TestDriver driver = started();
        say(driver, "hi".getBytes(StandardCharsets.US_ASCII));
        assertTrue(driver.rig().shown().contains("bytes [104, 105]"));
        assertEquals(1, driver.reap(TRANSMIT).size());
    }

    @Test
    void whatIsTypedWaitsForBuffers() {
        TestDriver driver = started();
        driver.rig().input(new Input.BytesReceived("hvc0", "hello".getBytes(StandardCharsets.US_ASCII)));
        listen(driver, 3);
        listen(driver, 3);
        assertEquals(List.of(new Used(0, 3), new Used(1, 2)), driver.reap(RECEIVE));
        assertArrayEquals(
                "hel".getBytes(StandardCharsets.US_ASCII), driver.rig().peek(driver.firstFree(), 3));
    }

    @Test
    void anAbsurdlyLongWriteNeedsAReset() {
        Rig rig = new Rig(new byte[4 << 20], VirtioConsoleDeviceTest::device);
        TestDriver driver = new TestDriver(rig, 2, false);
        driver.start(0);
        List<Part> parts = new ArrayList<>(Collections.nCopies(2, new Part(driver.firstFree(), 1 << 20, false)));
        driver.add(TRANSMIT, parts, false);
        driver.kick(TRANSMIT);
        assertTrue(driver.needsReset());
    }

    @Test
    void unknownPropertiesAreRefused() {
        Rig rig = started().rig();
        assertThrows(DeviceConfigException.class, () -> device(rig, Map.of("columns", "80")));
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53})
    void conformance(long seed) throws Exception {
        TestDriver[] made = new TestDriver[1];
        new ConformanceKit(RAM_BYTES, VirtioConsoleDeviceTest::device).prove(seed, 1_000, (rig, random) -> {
            if (made[0] == null) {
                made[0] = new TestDriver(rig, 2, random.nextBoolean());
                made[0].start(0);
            }
            TestDriver driver = made[0];
            if (driver.needsReset() || random.nextInt(300) == 0) {
                driver.start(0);
            }
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            switch (random.nextInt(3)) {
                case 0 -> rig.input(new Input.BytesReceived("hvc0", bytes));
                case 1 -> {
                    if (driver.freeDescriptors(TRANSMIT) > 0) {
                        say(driver, bytes);
                    }
                }
                default -> {
                    if (driver.freeDescriptors(RECEIVE) > 0) {
                        listen(driver, bytes.length);
                    }
                }
            }
            if (seed % 2 == 0 && random.nextInt(40) == 0) {
                driver.lie(random);
            }
            int queue = random.nextInt(2);
            driver.askForInterrupt(queue, random.nextInt(3));
            driver.reap(queue);
            driver.acknowledge();
        });
    }

    @Test
    void theDeviceHasNoForbiddenDoor() throws Exception {
        assertEquals(List.of(), ForbiddenDoors.of(VirtioConsoleDevice.class));
    }
}
