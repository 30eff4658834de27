package org.kemari.virtiorng;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.conformance.ConformanceKit;
import org.kemari.conformance.ForbiddenDoors;
import org.kemari.conformance.Rig;
import org.kemari.ports.EntropyPort;
import org.kemari.ports.PortHost;
import org.kemari.virtio.TestDriver;
import org.kemari.virtio.TestDriver.Part;
import org.kemari.virtio.TestDriver.Used;

class VirtioRngDeviceTest {
    private static final int RAM_BYTES = 64 << 10;

    private static Device device(Rig rig) throws DeviceConfigException {
        return device(rig, Map.of());
    }

    private static Device device(Rig rig, Map<String, String> properties) throws DeviceConfigException {
        return new VirtioRngDevices(new PortHost("test", rig.proxies()))
                .create(new DeviceSpec("virtio-rng", "rng0", properties), rig);
    }

    private static TestDriver started() {
        Rig rig = new Rig(new byte[RAM_BYTES], VirtioRngDeviceTest::device);
        rig.device().goLive();
        TestDriver driver = new TestDriver(rig, 1, true);
        driver.start(0);
        return driver;
    }

    private static void ask(TestDriver driver, int lengthBytes) {
        long at = driver.firstFree() + 0x100L * driver.nextHead(0);
        driver.add(0, List.of(new Part(at, lengthBytes, true)), false);
        driver.kick(0);
    }

    @Test
    void bytesComeByTheInbox() {
        TestDriver driver = started();
        ask(driver, 64);
        assertEquals(List.of(), driver.reap(0));
        Input.EntropyReceived received = (Input.EntropyReceived) driver.rig().awaitInput();
        assertEquals(64, received.bytes().length);
        driver.rig().input(received);
        assertEquals(List.of(new Used(0, 64)), driver.reap(0));
        assertArrayEquals(received.bytes(), driver.rig().peek(driver.firstFree(), 64));
    }

    @Test
    void aHugeBufferGetsABoundedNumber() {
        TestDriver driver = started();
        driver.add(0, List.of(new Part(driver.firstFree(), 0xC000, true)), false);
        driver.kick(0);
        assertEquals(
                EntropyPort.MAX_BYTES, ((Input.EntropyReceived) driver.rig().awaitInput()).bytes().length);
    }

    @Test
    void whatWasNotAskedForIsIgnored() {
        TestDriver driver = started();
        driver.rig().input(new Input.EntropyReceived("rng0", new byte[16]));
        assertEquals(List.of(), driver.reap(0));
    }

    @Test
    void aBufferToReadFromNeedsAReset() {
        TestDriver driver = started();
        driver.add(0, List.of(new Part(driver.firstFree(), 16, false)), false);
        driver.kick(0);
        assertTrue(driver.needsReset());
    }

    @Test
    void thereIsNothingToConfigure() {
        Rig rig = started().rig();
        DeviceConfigException refused =
                assertThrows(DeviceConfigException.class, () -> device(rig, Map.of("source", "/dev/random")));
        assertEquals("rng0.source=/dev/random is not known to virtio-rng; it has no properties", refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43})
    void conformance(long seed) throws Exception {
        TestDriver[] made = new TestDriver[1];
        new ConformanceKit(RAM_BYTES, VirtioRngDeviceTest::device).prove(seed, 1_000, seed % 2 == 1, (rig, random) -> {
            if (made[0] == null) {
                made[0] = new TestDriver(rig, 1, random.nextBoolean());
                made[0].start(0);
            }
            TestDriver driver = made[0];
            if (driver.needsReset() || random.nextInt(300) == 0) {
                driver.start(0);
            }
            if (driver.freeDescriptors(0) > 0) {
                ask(driver, 1 + random.nextInt(200));
            }
            if (random.nextBoolean()) {
                // In place of the port's, which come when they come.
                byte[] bytes = new byte[1 + random.nextInt(200)];
                random.nextBytes(bytes);
                rig.input(new Input.EntropyReceived("rng0", bytes));
            }
            if (seed % 2 == 0 && random.nextInt(40) == 0) {
                driver.lie(random);
            }
            driver.askForInterrupt(0, random.nextInt(3));
            driver.reap(0);
            driver.acknowledge();
        });
    }

    @Test
    void theDeviceHasNoForbiddenDoor() throws Exception {
        assertEquals(List.of(), ForbiddenDoors.of(VirtioRngDevice.class));
    }
}
