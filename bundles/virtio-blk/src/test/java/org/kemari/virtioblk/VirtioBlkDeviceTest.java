package org.kemari.virtioblk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.OutputProxy;
import org.kemari.conformance.ConformanceKit;
import org.kemari.conformance.ForbiddenDoors;
import org.kemari.conformance.Rig;
import org.kemari.ports.BackendTracker;
import org.kemari.ports.PortHost;
import org.kemari.virtio.TestDriver;
import org.kemari.virtio.TestDriver.Part;
import org.kemari.virtio.TestDriver.Used;

class VirtioBlkDeviceTest {
    private static final int RAM_BYTES = 256 << 10;
    private static final int DISK_BYTES = 64 << 10;
    private static final int SECTORS = DISK_BYTES / 512;
    private static final int SLOT_BYTES = 0x2000;
    private static final long FEATURES = 1L << 1 | 1L << 2 | 1L << 6 | 1L << 9;

    private MemoryDisk disk;
    private BackendTracker<BlockBackendFactory> backends = new BackendTracker<>();
    private OutputProxy proxy;

    private Device device(Rig rig, boolean readOnly, String path) throws DeviceConfigException {
        disk = new MemoryDisk(DISK_BYTES, readOnly, rig::show);
        backends = new BackendTracker<>();
        backends.add("raw", disk);
        PortHost ports = new PortHost("test", port -> {
            proxy = port;
            return rig.proxies().register(port);
        });
        return new VirtioBlkDevices(ports, backends)
                .create(
                        new DeviceSpec(
                                "virtio-blk",
                                "disk0",
                                Map.of(DeviceSpec.PATH, path, DeviceSpec.READ_ONLY, String.valueOf(readOnly))),
                        rig);
    }

    private Rig rig(boolean readOnly) {
        return new Rig(new byte[RAM_BYTES], rig -> device(rig, readOnly, "image"));
    }

    private static TestDriver started(Rig rig) {
        rig.device().goLive();
        TestDriver driver = new TestDriver(rig, 1, true);
        driver.start(FEATURES);
        return driver;
    }

    /** Header, data, status: in the slot of its first descriptor, which no other request in flight uses. */
    private static int request(TestDriver driver, int slot, int type, long sector, byte[] out, int in) {
        long at = driver.firstFree() + (long) slot * SLOT_BYTES;
        driver.rig()
                .poke(
                        at,
                        ByteBuffer.allocate(16)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(type)
                                .putInt(0)
                                .putLong(sector)
                                .array());
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(at, 16, false));
        if (out.length > 0) {
            driver.rig().poke(at + 16, out);
            parts.add(new Part(at + 16, out.length, false));
        }
        if (in > 0) {
            parts.add(new Part(at + 0x1000, in, true));
        }
        driver.rig().poke(at + 0x1FFF, new byte[] {(byte) 0xEE});
        parts.add(new Part(at + 0x1FFF, 1, true));
        int head = driver.add(0, parts, true);
        driver.kick(0);
        return head;
    }

    private static int status(TestDriver driver, int slot) {
        return driver.rig().peek(driver.firstFree() + (long) slot * SLOT_BYTES + 0x1FFF, 1)[0] & 0xFF;
    }

    private static byte[] read(TestDriver driver, int slot, int count) {
        return driver.rig().peek(driver.firstFree() + (long) slot * SLOT_BYTES + 0x1000, count);
    }

    private static void complete(Rig rig) {
        for (Input input : rig.takeInbox()) {
            rig.input((Input.ForDevice) input);
        }
    }

    private static byte[] range(long sector, int sectors, int flags) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(sector)
                .putInt(sectors)
                .putInt(flags)
                .array();
    }

    @Test
    void readsWhatIsOnTheDisk() {
        Rig rig = rig(false);
        TestDriver driver = started(rig);
        int head = request(driver, 0, 0, 5, new byte[0], 1024);
        assertEquals(0xEE, status(driver, 0), "not done before its completion comes");
        complete(rig);
        assertEquals(List.of(new Used(head, 1025)), driver.reap(0));
        assertEquals(0, status(driver, 0));
        assertArrayEquals(Arrays.copyOfRange(disk.content(), 2560, 3584), read(driver, 0, 1024));
        assertEquals(SECTORS, rig.read(0x100, 8));
    }

    @Test
    void writesFlushesDiscardsAndZeroesAreOutputs() {
        Rig rig = rig(false);
        TestDriver driver = started(rig);
        rig.shown().clear();
        request(driver, 0, 1, 7, new byte[512], 0);
        request(driver, 1, 4, 0, new byte[0], 0);
        request(driver, 2, 11, 0, range(8, 2, 0), 0);
        request(driver, 3, 13, 0, range(16, 4, 1), 0);
        List<String> said =
                rig.shown().stream().filter(each -> each.startsWith("block")).toList();
        assertEquals(4, said.size());
        assertTrue(said.get(0).startsWith("block 0 WRITE 3584 512 "), said.get(0));
        assertTrue(said.get(1).startsWith("block 1 FLUSH 0 0 "), said.get(1));
        assertTrue(said.get(2).startsWith("block 2 DISCARD 4096 1024 "), said.get(2));
        assertTrue(said.get(3).startsWith("block 3 WRITE_ZEROES 8192 2048 "), said.get(3));
        assertTrue(rig.shown().stream().noneMatch(each -> each.startsWith("disk")), "none went past the gate");
        complete(rig);
        assertEquals(4, driver.reap(0).size());
    }

    @Test
    void anAnswerIsExpectedSoonOfAShortRequestThatIsTheOnlyOne() {
        Rig rig = rig(false);
        TestDriver driver = started(rig);
        request(driver, 0, 0, 5, new byte[0], 1024);
        assertEquals(1, rig.answersExpected(), "a read");
        request(driver, 1, 0, 5, new byte[0], 1024);
        assertEquals(1, rig.answersExpected(), "the second under way");
        complete(rig);
        assertEquals(1, rig.answersExpected(), "none is under way");
        request(driver, 2, 1, 7, new byte[512], 0);
        assertEquals(2, rig.answersExpected(), "a write");
        complete(rig);
        request(driver, 3, 4, 0, new byte[0], 0);
        assertEquals(2, rig.answersExpected(), "a flush, which waits for the medium");
        complete(rig);
        request(driver, 4, 99, 0, new byte[0], 0);
        assertEquals(2, rig.answersExpected(), "answered already");
    }

    @Test
    void getIdIsTheDevicesName() {
        TestDriver driver = started(rig(false));
        request(driver, 0, 8, 0, new byte[0], 20);
        assertEquals(1, driver.reap(0).size());
        assertEquals("disk0", new String(read(driver, 0, 5), java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void rangesBeyondTheDiskAndHalfSectorsAreErrors() {
        Rig rig = rig(false);
        TestDriver driver = started(rig);
        long[] sectors = {SECTORS, SECTORS - 1, -1, Long.MIN_VALUE, Long.MAX_VALUE};
        for (int slot = 0; slot < sectors.length; slot++) {
            request(driver, slot, 0, sectors[slot], new byte[0], 1024);
            assertEquals(1, status(driver, slot), "sector " + sectors[slot]);
        }
        driver.reap(0);
        request(driver, 0, 0, 0, new byte[0], 511);
        assertEquals(1, status(driver, 0));
        request(driver, 1, 1, 0, new byte[513], 0);
        assertEquals(1, status(driver, 1));
        request(driver, 2, 11, 0, range(SECTORS - 1, 2, 0), 0);
        assertEquals(1, status(driver, 2));
        request(driver, 3, 11, 0, range(0, 1, 1), 0);
        assertEquals(2, status(driver, 3));
        request(driver, 4, 99, 0, new byte[0], 0);
        assertEquals(2, status(driver, 4));
        assertFalse(driver.needsReset());
    }

    @Test
    void aRequestWithoutHeaderOrStatusNeedsAReset() {
        TestDriver driver = started(rig(false));
        driver.add(0, List.of(new Part(driver.firstFree(), 8, false), new Part(driver.firstFree(), 1, true)), false);
        driver.kick(0);
        assertTrue(driver.needsReset());
    }

    @Test
    void aReadOnlyDiskSaysSoAndRefusesWrites() {
        Rig rig = rig(true);
        rig.device().goLive();
        TestDriver driver = new TestDriver(rig, 1, false);
        driver.start(FEATURES | 1 << 5);
        assertEquals(15, driver.read(0x70));
        request(driver, 0, 1, 0, new byte[512], 0);
        assertEquals(1, status(driver, 0));
        assertEquals(0, driver.read(0x10) & 1 << 13, "no discard");
    }

    @Test
    void completionsOfALifeBeforeAResetAreIgnored() {
        Rig rig = rig(false);
        TestDriver driver = started(rig);
        request(driver, 0, 1, 0, new byte[512], 0);
        List<Input> stale = rig.takeInbox();
        driver.start(FEATURES);
        request(driver, 0, 1, 0, new byte[512], 0);
        rig.input((Input.ForDevice) stale.get(0));
        assertEquals(0xEE, status(driver, 0));
        rig.input(new Input.BlockCompleted("disk0", 77, BlockStatus.OK, ByteBuffer.allocate(0)));
        assertEquals(0, driver.reap(0).size());
        complete(rig);
        assertEquals(1, driver.reap(0).size());
    }

    @Test
    void requestsInFlightAreKeptWhileTheBackendIsAway() throws Exception {
        Rig rig = rig(false);
        TestDriver driver = started(rig);
        proxy.gate(java.util.Optional.empty());
        disk.hold();
        byte[] data = new byte[512];
        Arrays.fill(data, (byte) 0x5A);
        request(driver, 0, 1, 3, data, 0);
        request(driver, 1, 0, 4, new byte[0], 512);
        assertEquals(2, disk.heldCount());
        backends.remove(disk);
        assertEquals(List.of(), rig.takeInbox(), "an error of a disk that goes is not the guest's");
        request(driver, 2, 4, 0, new byte[0], 0);
        backends.add("raw", disk);
        for (int count = 0; count < 3; count++) {
            rig.input(rig.awaitInput());
        }
        assertEquals(3, driver.reap(0).size());
        assertEquals(0, status(driver, 0));
        assertEquals(0x5A, disk.content()[3 * 512]);
    }

    @Test
    void replicationReadsAndWritesTheImagePastTheGuest() throws Exception {
        Rig rig = rig(false);
        BlockOutputProxy image = (BlockOutputProxy) proxy;
        byte[] data = new byte[512];
        data[0] = 99;
        image.access(BlockRequest.write(512, ByteBuffer.wrap(data)))
                .toCompletableFuture()
                .get();
        assertEquals(99, disk.content()[512]);
        assertEquals(DISK_BYTES, image.sizeBytes());
        assertFalse(image.shared());
        rig.close();
    }

    @Test
    void aDiskThatCannotBeOpenedIsRefused() {
        Rig rig = rig(false);
        DeviceConfigException missing = assertThrows(DeviceConfigException.class, () -> device(rig, false, "missing"));
        assertEquals("disk0: path=missing is not there; create the image first", missing.getMessage());
        DeviceConfigException empty = assertThrows(DeviceConfigException.class, () -> device(rig, false, " "));
        assertEquals("disk0.path= is missing; give the path of the disk's image", empty.getMessage());
    }

    @Test
    void stateOfADiskOfAnotherSizeIsRefused() {
        Rig rig = rig(false);
        Rig other = new Rig(new byte[RAM_BYTES], each -> {
            BackendTracker<BlockBackendFactory> larger = new BackendTracker<>();
            larger.add("raw", new MemoryDisk(DISK_BYTES * 2, false, each::show));
            return new VirtioBlkDevices(new PortHost("test", each.proxies()), larger)
                    .create(new DeviceSpec("virtio-blk", "disk0", Map.of(DeviceSpec.PATH, "image")), each);
        });
        StateFormatException refused =
                assertThrows(StateFormatException.class, () -> other.device().restore(rig.save()));
        assertEquals(
                "saved disk has 128 sectors, the image of disk0 here 256; use an image of the same size",
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void conformance(long seed) throws Exception {
        TestDriver[] driver = new TestDriver[1];
        boolean lies = seed % 2 == 0;
        new ConformanceKit(RAM_BYTES, rig -> device(rig, false, "image")).prove(seed, 1_500, !lies, (rig, random) -> {
            if (driver[0] == null) {
                driver[0] = new TestDriver(rig, 1, random.nextBoolean());
                driver[0].start(FEATURES);
            }
            step(driver[0], random, lies);
        });
    }

    private static void step(TestDriver driver, Random random, boolean lies) {
        if (driver.needsReset() || random.nextInt(300) == 0) {
            driver.start(FEATURES);
        }
        int[] types = {0, 0, 0, 1, 1, 1, 4, 8, 11, 13, 50};
        if (driver.freeDescriptors(0) > 0) {
            int type = types[random.nextInt(types.length)];
            byte[] out = {};
            int in = 0;
            if (type == 0) {
                in = 512 * (1 + random.nextInt(4));
            } else if (type == 1) {
                out = new byte[512 * (1 + random.nextInt(4))];
                random.nextBytes(out);
            } else if (type == 8) {
                in = 20;
            } else if (type > 8) {
                out = range(random.nextInt(SECTORS), 1 + random.nextInt(4), random.nextInt(2));
            }
            request(driver, driver.nextHead(0), type, random.nextInt(SECTORS + 4), out, in);
        }
        if (lies && random.nextInt(40) == 0) {
            driver.lie(random);
        }
        driver.askForInterrupt(0, random.nextInt(3));
        driver.reap(0);
        driver.acknowledge();
    }

    @Test
    void theDeviceHasNoForbiddenDoor() throws Exception {
        assertEquals(List.of(), ForbiddenDoors.of(VirtioBlkDevice.class));
    }
}
