package org.kemari.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.machine.Input;
import org.kemari.conformance.ConformanceKit;
import org.kemari.conformance.ForbiddenDoors;
import org.kemari.conformance.Rig;
import org.kemari.conformance.TestMemory;
import org.kemari.virtio.TestDriver.Part;
import org.kemari.virtio.TestDriver.Used;

class VirtioMmioTest {
    private static final int RAM_BYTES = 64 << 10;
    private static final long DATA = TestMemory.BASE + 0x8000;

    private static Rig rig() {
        return new Rig(new byte[RAM_BYTES], VirtioMmioTest::echo);
    }

    private static VirtioMmio echo(Rig rig) {
        return new VirtioMmio(rig, "echo0", EchoModel::new);
    }

    private static TestDriver started(Rig rig, boolean eventIndex) {
        TestDriver driver = new TestDriver(rig, 1, eventIndex);
        driver.start(3);
        assertEquals(15, driver.read(0x70));
        return driver;
    }

    private static List<Part> echoParts() {
        return List.of(new Part(DATA, 8, false), new Part(DATA + 0x100, 3, true), new Part(DATA + 0x200, 5, true));
    }

    @Test
    void identifiesItselfAsSection4222Says() {
        Rig rig = rig();
        assertEquals(0x74726976, rig.read(0, 4));
        assertEquals(2, rig.read(4, 4));
        assertEquals(42, rig.read(8, 4));
        assertEquals(TestDriver.QUEUE_SIZE, rig.read(0x34, 4));
        assertEquals(0xFFFFFFFFL, rig.read(0xB0, 4), "no shared memory region");
        assertEquals(0xA3A2A1A0L, rig.read(0x100, 4));
        assertEquals(0xA1, rig.read(0x101, 1));
        assertEquals(0, rig.read(0, 2), "only 32-bit accesses");
    }

    @Test
    void statusFollowsTheTableAndNothingElse() {
        for (int from : new int[] {0, 1, 3, 11, 15}) {
            for (int to = 1; to < 256; to++) {
                TestDriver driver = new TestDriver(rig(), 1, false);
                reach(driver, from);
                assertEquals(from, driver.read(0x70));
                if (from == 3) {
                    driver.write(0x24, 1);
                    driver.write(0x20, 1);
                }
                driver.write(0x70, to);
                int asked = to & ~64;
                boolean step = from == asked
                        || asked == (from | 128)
                        || from == 0 && asked == 3
                        || List.of(0, 1, 3, 11, 15).indexOf(asked)
                                == List.of(0, 1, 3, 11, 15).indexOf(from) + 1;
                assertEquals(step && asked != 0 ? asked : from, driver.read(0x70), from + " -> " + to);
                driver.write(0x70, 0);
                assertEquals(0, driver.read(0x70));
            }
        }
    }

    private static void reach(TestDriver driver, int status) {
        for (int next : new int[] {1, 3, 11, 15}) {
            if (next > status) {
                return;
            }
            if (next == 11) {
                driver.write(0x24, 1);
                driver.write(0x20, 1);
            }
            driver.write(0x70, next);
        }
    }

    @Test
    void featuresThatWereNotOfferedOrLackVersion1AreRefused() {
        TestDriver driver = new TestDriver(rig(), 1, false);
        reach(driver, 3);
        driver.write(0x24, 0);
        driver.write(0x20, 1);
        driver.write(0x70, 11);
        assertEquals(3, driver.read(0x70), "without VIRTIO_F_VERSION_1");
        driver.write(0x24, 1);
        driver.write(0x20, 1);
        driver.write(0x24, 0);
        driver.write(0x20, 4);
        driver.write(0x70, 11);
        assertEquals(3, driver.read(0x70), "with a feature that was not offered");
        driver.write(0x20, 2);
        driver.write(0x70, 11);
        assertEquals(11, driver.read(0x70));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBufferGoesThereAndBackDirectAndIndirect(boolean indirect) {
        Rig rig = rig();
        TestDriver driver = started(rig, false);
        rig.poke(DATA, "virtqueu".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        int head = driver.add(0, echoParts(), indirect);
        driver.kick(0);
        assertEquals(List.of(new Used(head, 8)), driver.reap(0));
        assertArrayEquals("vir".getBytes(java.nio.charset.StandardCharsets.US_ASCII), rig.peek(DATA + 0x100, 3));
        assertArrayEquals("tqueu".getBytes(java.nio.charset.StandardCharsets.US_ASCII), rig.peek(DATA + 0x200, 5));
        assertTrue(rig.interruptAsserted());
        driver.acknowledge();
        assertFalse(rig.interruptAsserted());
    }

    @Test
    void indexesWrapAroundAt16Bits() {
        Rig rig = rig();
        TestDriver driver = started(rig, true);
        for (int round = 0; round < 0x10000 / 3 + 100; round++) {
            for (int each = 0; each < 3; each++) {
                driver.add(0, List.of(new Part(DATA, 4, false), new Part(DATA + 64, 4, true)), false);
            }
            driver.askForInterrupt(0, 2);
            driver.kick(0);
            assertEquals(3, driver.reap(0).size());
            assertTrue(rig.interruptAsserted(), "round " + round);
            driver.acknowledge();
            rig.shown().clear();
        }
        assertFalse(driver.needsReset());
    }

    @Test
    void theEventIndexHoldsTheInterruptBack() {
        Rig rig = rig();
        TestDriver driver = started(rig, true);
        driver.askForInterrupt(0, 2);
        for (int each = 0; each < 3; each++) {
            driver.add(0, echoParts(), true);
            driver.kick(0);
            assertEquals(each == 2, rig.interruptAsserted(), "after buffer " + each);
        }
    }

    @Test
    void crossedIsTheFormulaOfSection2672ForEveryDistance() {
        for (int before = 0xFFF0; before < 0x10010; before++) {
            for (int count = 1; count <= 16; count++) {
                for (int event = 0xFFE8; event < 0x10028; event++) {
                    boolean expected = event >= before && event < before + count;
                    assertEquals(
                            expected,
                            VirtQueue.crossed(event & 0xFFFF, before + count & 0xFFFF, before & 0xFFFF),
                            before + "+" + count + " event " + event);
                }
            }
        }
    }

    @Test
    void noInterruptFlagIsHonouredWithoutTheEventIndex() {
        Rig rig = rig();
        TestDriver driver = started(rig, false);
        rig.poke16(driver.availableRing(0), 1);
        driver.add(0, echoParts(), false);
        driver.kick(0);
        assertEquals(1, driver.reap(0).size());
        assertFalse(rig.interruptAsserted());
    }

    @Test
    void aChangeOfTheConfigurationRaisesGenerationAndInterrupt() {
        Rig rig = rig();
        TestDriver driver = started(rig, false);
        int before = driver.read(0xFC);
        rig.input(new Input.LinkChanged("echo0", true));
        assertEquals(before + 1, driver.read(0xFC));
        assertEquals(2, driver.read(0x60));
        assertTrue(rig.interruptAsserted());
    }

    @Test
    void aDescriptorLoopNeedsAReset() {
        TestDriver driver = started(rig(), false);
        driver.descriptor(driver.descriptorTable(0), 0, new Part(DATA, 8, false), 1);
        driver.descriptor(driver.descriptorTable(0), 1, new Part(DATA, 8, false), 0);
        driver.publish(0, 0);
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> driver.kick(0));
        assertTrue(driver.needsReset());
        assertTrue((driver.read(0x60) & 2) != 0, "the driver is told");
        driver.start(3);
        driver.add(0, echoParts(), false);
        driver.kick(0);
        assertEquals(1, driver.reap(0).size(), "after a reset it works again");
    }

    @Test
    void everyLieOfADescriptorNeedsAReset() {
        Part good = new Part(DATA, 8, false);
        List<List<Part>> lies = List.of(
                List.of(new Part(0x1000, 8, false)),
                List.of(new Part(TestMemory.BASE + RAM_BYTES - 4, 8, false)),
                List.of(new Part(-8, 16, true)),
                List.of(new Part(DATA, 0, false)),
                List.of(new Part(DATA, -1, false)),
                List.of(new Part(DATA, 8, true), good));
        for (List<Part> lie : lies) {
            for (boolean indirect : new boolean[] {false, true}) {
                TestDriver driver = started(rig(), false);
                driver.add(0, lie, indirect);
                driver.kick(0);
                assertTrue(driver.needsReset(), lie + " indirect=" + indirect);
            }
        }
    }

    @Test
    void wrongHeadsIndexesAndTablesNeedAReset() {
        TestDriver head = started(rig(), false);
        head.publish(0, TestDriver.QUEUE_SIZE);
        head.kick(0);
        assertTrue(head.needsReset(), "head beyond the table");

        TestDriver index = started(rig(), false);
        index.rig().poke16(index.availableRing(0) + 2, TestDriver.QUEUE_SIZE + 1);
        index.kick(0);
        assertTrue(index.needsReset(), "more available than the queue holds");

        for (int lengthBytes : new int[] {0, 8, 17, -16, 0x7FFFFFF0}) {
            TestDriver table = started(rig(), false);
            table.descriptor(table.descriptorTable(0), 0, new Part(DATA, lengthBytes, false), -1);
            table.rig().poke16(table.descriptorTable(0) + 12, 4);
            table.publish(0, 0);
            table.kick(0);
            assertTrue(table.needsReset(), "indirect table of " + lengthBytes);
        }

        TestDriver nested = started(rig(), false);
        nested.add(0, echoParts(), true);
        long table = nested.rig().peek32(nested.descriptorTable(0)) & 0xFFFFFFFFL;
        nested.rig().poke16(table + 12, 4);
        nested.kick(0);
        assertTrue(nested.needsReset(), "indirect within indirect");
    }

    @Test
    void queuesThatMakeNoSenseDoNotBecomeReady() {
        for (int[] wrong : new int[][] {{0x38, 3}, {0x38, 0}, {0x38, 1 << 20}, {0x80, 8}, {0x90, 1}, {0xA4, 7}}) {
            TestDriver driver = new TestDriver(rig(), 1, false);
            reach(driver, 11);
            driver.write(0x30, 0);
            driver.write(0x38, 8);
            for (int register : new int[] {0x80, 0x90, 0xA0}) {
                driver.write(register, (int) DATA);
            }
            driver.write(wrong[0], wrong[1]);
            driver.write(0x44, 1);
            assertEquals(0, driver.read(0x44), "register 0x" + Integer.toHexString(wrong[0]) + "=" + wrong[1]);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noLieGetsOutOfTheDevice(long seed) {
        System.out.println("fuzz seed=" + seed);
        Random random = new Random(seed);
        Rig rig = rig();
        TestDriver driver = new TestDriver(rig, 1, random.nextBoolean());
        driver.start(3);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int step = 0; step < 20_000; step++) {
                if (random.nextInt(50) == 0) {
                    driver.start(3);
                }
                driver.lie(random);
                driver.publish(0, random.nextInt(TestDriver.QUEUE_SIZE));
                driver.kick(0);
                rig.shown().clear();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void aRestoredTransportGoesOnAlike(long seed) throws Exception {
        boolean[] first = {true};
        TestDriver[] driver = new TestDriver[1];
        new ConformanceKit(RAM_BYTES, VirtioMmioTest::echo).prove(seed, 2_000, (rig, random) -> {
            if (first[0]) {
                first[0] = false;
                driver[0] = new TestDriver(rig, 1, seed % 2 == 0);
                driver[0].start(3);
            }
            if (driver[0].needsReset() || random.nextInt(200) == 0) {
                driver[0].start(3);
            }
            if (driver[0].freeDescriptors(0) >= 3) {
                driver[0].add(0, echoParts(), random.nextBoolean());
            }
            if (random.nextInt(30) == 0) {
                driver[0].lie(random);
            }
            driver[0].askForInterrupt(0, random.nextInt(4));
            if (random.nextBoolean()) {
                driver[0].kick(0);
            }
            driver[0].reap(0);
            driver[0].acknowledge();
        });
    }

    @Test
    void damagedStateIsRefusedAndChangesNothing() throws Exception {
        Rig rig = rig();
        TestDriver driver = started(rig, true);
        driver.add(0, echoParts(), false);
        driver.kick(0);
        new ConformanceKit(RAM_BYTES, VirtioMmioTest::echo)
                .refusesDamaged(
                        rig,
                        "virtio-mmio",
                        "virtio-mmio.status",
                        "virtio-mmio.queue0",
                        "virtio-mmio.queue0.nextUsed",
                        "virtio-mmio.offeredFeatures");
    }

    @Test
    void theLibraryHasNoForbiddenDoor() throws Exception {
        assertEquals(List.of(), ForbiddenDoors.of(VirtioMmio.class));
    }
}
