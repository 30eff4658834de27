package org.kemari.virtionet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.backend.NetBackend;
import org.kemari.api.backend.NetBackendFactory;
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

class VirtioNetDeviceTest {
    private static final int RAM_BYTES = 128 << 10;
    private static final int SLOT_BYTES = 0x800;
    static final long FEATURES = 1L << 5 | 1L << 15 | 1L << 16;

    /** Checksums and long segments are left to the card. */
    static final long OFFLOADS = FEATURES | 1L | 1L << 1 | 1L << 11 | 1L << 12;

    private static final int RECEIVE = 0;
    private static final int TRANSMIT = 1;

    /** A network that nobody is on. */
    private static final class SilentNetwork implements NetBackend {
        @Override
        public void send(ByteBuffer frame, Runnable sent) {
            throw new AssertionError("every frame goes to the gate");
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static Device device(Rig rig, Map<String, String> properties) throws DeviceConfigException {
        BackendTracker<NetBackendFactory> networks = new BackendTracker<>();
        networks.add("switch", (vm, network, received) -> new SilentNetwork());
        return new VirtioNetDevices(new PortHost("test", rig.proxies()), networks)
                .create(new DeviceSpec("virtio-net", "net0", properties), rig);
    }

    private static Device device(Rig rig) throws DeviceConfigException {
        return device(rig, Map.of(DeviceSpec.NETWORK, "lan", DeviceSpec.MAC, "02:00:00:00:00:07"));
    }

    static Rig rig() {
        return new Rig(new byte[RAM_BYTES], VirtioNetDeviceTest::device);
    }

    static TestDriver started(Rig rig, long features) {
        rig.device().goLive();
        TestDriver driver = new TestDriver(rig, 2, true);
        driver.start(features);
        assertEquals(15, driver.read(0x70));
        return driver;
    }

    static long slot(TestDriver driver, int queue, int head) {
        return driver.firstFree() + (long) (queue * TestDriver.QUEUE_SIZE + head) * SLOT_BYTES;
    }

    static void giveReceiveBuffer(TestDriver driver, int lengthBytes) {
        long at = slot(driver, RECEIVE, driver.nextHead(RECEIVE));
        driver.add(RECEIVE, List.of(new Part(at, lengthBytes, true)), false);
    }

    private static void send(TestDriver driver, byte[] frame) {
        send(driver, new byte[12], frame);
    }

    private static void send(TestDriver driver, byte[] header, byte[] frame) {
        long at = slot(driver, TRANSMIT, driver.nextHead(TRANSMIT));
        driver.rig().poke(at, header);
        driver.rig().poke(at + 12, frame);
        driver.add(TRANSMIT, List.of(new Part(at, 12, false), new Part(at + 12, frame.length, false)), true);
        driver.kick(TRANSMIT);
    }

    private static byte[] frame(int lengthBytes, int seed) {
        byte[] frame = new byte[lengthBytes];
        new Random(seed).nextBytes(frame);
        return frame;
    }

    /** A frame comes in where something else is received as soon as the card has taken it. */
    static void receive(Rig rig, byte[] frame) {
        ByteBuffer lent = ByteBuffer.allocateDirect(7 + frame.length).position(7);
        lent.put(7, frame);
        List<String> taken = new ArrayList<>();
        rig.input(new Input.FrameReceived("net0", lent, () -> {
            taken.add("taken");
            lent.put(7, new byte[frame.length]);
        }));
        assertEquals(List.of("taken"), taken);
    }

    @Test
    void aFrameIsSentAndItsBufferGivenBack() {
        Rig rig = rig();
        TestDriver driver = started(rig, FEATURES);
        byte[] frame = frame(60, 1);
        send(driver, frame);
        assertTrue(rig.shown().contains("frame " + Arrays.toString(frame)));
        assertEquals(1, driver.reap(TRANSMIT).size());
        send(driver, frame(13, 1));
        assertEquals(1, driver.reap(TRANSMIT).size());
        assertEquals(
                1, rig.shown().stream().filter(each -> each.startsWith("frame")).count(), "13 bytes are no frame");
    }

    @Test
    void aFrameIsReceivedBehindItsHeader() {
        Rig rig = rig();
        TestDriver driver = started(rig, FEATURES);
        giveReceiveBuffer(driver, 1600);
        byte[] frame = frame(1514, 2);
        receive(rig, frame);
        assertEquals(List.of(new Used(0, 1526)), driver.reap(RECEIVE));
        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0}, rig.peek(slot(driver, RECEIVE, 0), 12));
        assertArrayEquals(frame, rig.peek(slot(driver, RECEIVE, 0) + 12, frame.length));
        assertTrue(rig.interruptAsserted());
    }

    @Test
    void buffersAreMergedIfTheDriverCan() {
        Rig rig = rig();
        TestDriver driver = started(rig, FEATURES);
        for (int count = 0; count < 3; count++) {
            giveReceiveBuffer(driver, 500);
        }
        byte[] frame = frame(1200, 3);
        receive(rig, frame);
        assertEquals(List.of(new Used(0, 500), new Used(1, 500), new Used(2, 212)), driver.reap(RECEIVE));
        assertEquals(3, rig.peek(slot(driver, RECEIVE, 0) + 10, 1)[0]);
        assertArrayEquals(Arrays.copyOfRange(frame, 488, 988), rig.peek(slot(driver, RECEIVE, 1), 500));
    }

    @Test
    void aDriverThatCannotMergeLosesWhatDoesNotFit() {
        Rig rig = rig();
        TestDriver driver = started(rig, FEATURES & ~(1L << 15));
        giveReceiveBuffer(driver, 500);
        receive(rig, frame(1200, 3));
        assertEquals(List.of(), driver.reap(RECEIVE));
        receive(rig, frame(100, 4));
        assertEquals(List.of(new Used(0, 112)), driver.reap(RECEIVE));
    }

    @Test
    void framesWaitForBuffersUpToABound() {
        Rig rig = rig();
        TestDriver driver = started(rig, FEATURES);
        for (int count = 0; count < PendingFrames.MAX_FRAMES + 10; count++) {
            receive(rig, frame(60, count));
        }
        int got = 0;
        for (int round = 0; round < PendingFrames.MAX_FRAMES / 8 + 8; round++) {
            for (int count = 0; count < 8; count++) {
                giveReceiveBuffer(driver, 1600);
            }
            driver.kick(RECEIVE);
            got += driver.reap(RECEIVE).size();
            if (got == 8) {
                assertArrayEquals(frame(60, 0), rig.peek(slot(driver, RECEIVE, 0) + 12, 60), "in order");
            }
            if (driver.freeDescriptors(RECEIVE) < 8) {
                break;
            }
        }
        assertEquals(PendingFrames.MAX_FRAMES, got);
    }

    @Test
    void aFrameDoesNotOvertakeOneThatWaits() {
        Rig rig = rig();
        TestDriver driver = started(rig, FEATURES);
        giveReceiveBuffer(driver, 100);
        receive(rig, frame(150, 1));
        receive(rig, frame(60, 2));
        assertEquals(List.of(), driver.reap(RECEIVE), "there is room for the second only");
        giveReceiveBuffer(driver, 100);
        giveReceiveBuffer(driver, 100);
        giveReceiveBuffer(driver, 100);
        receive(rig, frame(60, 3));
        assertEquals(
                List.of(new Used(0, 100), new Used(1, 62), new Used(2, 72), new Used(3, 72)),
                driver.reap(RECEIVE),
                "buffers that nobody told of");
        assertArrayEquals(frame(60, 2), rig.peek(slot(driver, RECEIVE, 2) + 12, 60));
        assertArrayEquals(frame(60, 3), rig.peek(slot(driver, RECEIVE, 3) + 12, 60));
    }

    @Test
    void theLineUnpluggedIsSeenByTheDriver() {
        Rig rig = rig();
        TestDriver driver = started(rig, FEATURES);
        assertEquals(1, rig.read(0x106, 2));
        rig.input(new Input.LinkChanged("net0", false));
        assertEquals(0, rig.read(0x106, 2));
        assertEquals(2, driver.read(0x60));
        send(driver, frame(60, 1));
        assertEquals(1, driver.reap(TRANSMIT).size());
        assertFalse(rig.shown().stream().anyMatch(each -> each.startsWith("frame")));
    }

    @Test
    void theAddressIsTheConfiguredOneOrTheSameEverywhere() {
        assertEquals(0x02, rig().read(0x100, 1));
        assertEquals(0x07, rig().read(0x105, 1));
        assertArrayEquals(MacAddress.of("vm", "net0"), MacAddress.of("vm", "net0"));
        assertEquals(2, MacAddress.of("vm", "net0")[0], "locally administered, one card's");
    }

    @Test
    void wrongConfigurationIsRefused() {
        Rig rig = rig();
        for (String mac : List.of("02:00:00:00:00", "01:00:00:00:00:01", "00:00:00:00:00:00", "zz:00:00:00:00:01")) {
            DeviceConfigException refused = assertThrows(
                    DeviceConfigException.class,
                    () -> device(rig, Map.of(DeviceSpec.NETWORK, "lan", DeviceSpec.MAC, mac)));
            assertTrue(refused.getMessage().startsWith("net0.mac=" + mac + " is no address of one card; use"), mac);
        }
        assertThrows(DeviceConfigException.class, () -> device(rig, Map.of()));
        assertThrows(DeviceConfigException.class, () -> device(rig, Map.of(DeviceSpec.NETWORK, "a", "speed", "1G")));
        assertEquals(
                "020000abcdef",
                HexFormat.of().formatHex(MacAddress.parse("02:00:00:AB:cd:ef").orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34, 35, 36})
    void conformance(long seed) throws Exception {
        TestDriver[] made = new TestDriver[1];
        boolean lies = seed % 2 == 0;
        new ConformanceKit(RAM_BYTES, VirtioNetDeviceTest::device).prove(seed, 1_500, !lies, (rig, random) -> {
            if (made[0] == null) {
                made[0] = new TestDriver(rig, 2, random.nextBoolean());
                made[0].start(OFFLOADS);
            }
            step(made[0], random, lies);
        });
    }

    /** What is left to the card: nothing, what suits a frame with TCP in it, or anything. */
    private static byte[] left(Random random, boolean lies) {
        if (lies) {
            byte[] header = new byte[12];
            random.nextBytes(header);
            return header;
        }
        return switch (random.nextInt(3)) {
            case 0 -> new byte[12];
            case 1 -> TestFrames.header(1, 0, 0, 34, 16);
            default -> TestFrames.header(1, 1, 1 + random.nextInt(600), 34, 16);
        };
    }

    private static byte[] somethingToSend(Random random) {
        byte[] bytes = frame(14 + random.nextInt(1400), random.nextInt());
        return random.nextBoolean() ? bytes : TestFrames.tcp(false, false, 0x18, bytes);
    }

    private static void step(TestDriver driver, Random random, boolean lies) {
        if (driver.needsReset() || random.nextInt(300) == 0) {
            driver.start((random.nextBoolean() ? FEATURES : OFFLOADS) & ~(random.nextBoolean() ? 1L << 15 : 0));
        }
        switch (random.nextInt(4)) {
            case 0 -> receive(driver.rig(), somethingToSend(random));
            case 1, 2 -> {
                if (driver.freeDescriptors(RECEIVE) > 0) {
                    giveReceiveBuffer(driver, 300 + random.nextInt(1700));
                    driver.kick(RECEIVE);
                }
            }
            default -> {
                if (driver.freeDescriptors(TRANSMIT) > 0) {
                    send(driver, left(random, lies), somethingToSend(random));
                }
            }
        }
        if (random.nextInt(200) == 0) {
            driver.rig().input(new Input.LinkChanged("net0", random.nextBoolean()));
        }
        if (lies && random.nextInt(40) == 0) {
            driver.lie(random);
        }
        int queue = random.nextInt(2);
        driver.askForInterrupt(queue, random.nextInt(3));
        driver.reap(queue);
        driver.acknowledge();
    }

    @Test
    void theDeviceHasNoForbiddenDoor() throws Exception {
        assertEquals(List.of(), ForbiddenDoors.of(VirtioNetDevice.class));
    }
}
