package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;
import org.kemari.api.machine.MachineView;
import org.kemari.api.state.StateFormatException;

@Timeout(60)
class VirtMachineTest {
    @TempDir
    Path folder;

    private final PlainDevice.Maker maker = new PlainDevice.Maker();
    private final DeviceModels models = new DeviceModels();
    private final List<Machine> machines = new ArrayList<>();

    private Machine create(MachineConfig config) throws MachineConfigException {
        if (models.find(PlainDevice.TYPE).isEmpty()) {
            models.add(maker);
        }
        Machine machine = new VirtMachineBuilder(models).create(config, new byte[0]);
        machines.add(machine);
        return machine;
    }

    @AfterEach
    void stopAll() throws Exception {
        for (Machine machine : machines) {
            machine.stop("the test is over").get(10, TimeUnit.SECONDS);
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            assertFalse(thread.isAlive() && thread.getName().equals("kemari-machine-test") && !ends(thread));
        }
    }

    private static boolean ends(Thread thread) throws InterruptedException {
        thread.join(5000);
        return !thread.isAlive();
    }

    private static MachineStatus awaitEnd(Machine machine) throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        machine.addListener((which, from, to, reason) -> {
            if (to == MachineState.STOPPED || to == MachineState.FAILED) {
                ended.complete(null);
            }
        });
        machine.start();
        ended.get(20, TimeUnit.SECONDS);
        return machine.status();
    }

    private static long count(Machine machine) throws Exception {
        return machine.call(view -> view.instructionCount()).get(10, TimeUnit.SECONDS);
    }

    private static void awaitCount(Machine machine, long instructions) throws Exception {
        while (count(machine) < instructions) {
            Thread.onSpinWait();
        }
    }

    @Test
    void theFinisherEndsTheMachineWithTheGuestsCode() throws Exception {
        MachineStatus passed = awaitEnd(create(TestGuests.config(TestGuests.finish(folder, 0x5555), 1)));
        assertEquals(MachineState.STOPPED, passed.state());
        assertEquals(OptionalInt.of(0), passed.exitCode());
        MachineStatus failed = awaitEnd(create(TestGuests.config(TestGuests.finish(folder, 0x73333), 1)));
        assertEquals(OptionalInt.of(7), failed.exitCode());
        MachineStatus reset = awaitEnd(create(TestGuests.config(TestGuests.finish(folder, 0x7777), 1)));
        assertEquals(OptionalInt.of(2), reset.exitCode());
    }

    @Test
    void anErrorOfADeviceFailsItsMachineByNameAndNoOther() throws Exception {
        Machine other = create(TestGuests.config(TestGuests.mixer(folder), 1));
        other.start();
        MachineStatus status = awaitEnd(create(TestGuests.config(TestGuests.poke(folder, 8), 1)));
        assertEquals(MachineState.FAILED, status.state());
        assertTrue(status.reason().contains("plain0"), status.reason());
        awaitCount(other, count(other) + 10_000);
    }

    @Test
    void aFailedOrStoppedMachineRefusesTasksAndStart() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.finish(folder, 0x5555), 1));
        awaitEnd(machine);
        machine.stop("over").get(10, TimeUnit.SECONDS);
        assertThrows(IllegalStateException.class, machine::start);
        ExecutionException e = assertThrows(
                ExecutionException.class, () -> machine.call(view -> 1).get(10, TimeUnit.SECONDS));
        assertTrue(e.getCause() instanceof IllegalStateException);
    }

    @Test
    void tasksRunWhileCreatedAndPausedAndAPausedGuestStands() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.mixer(folder), 1));
        assertEquals(0L, machine.call(view -> view.instructionCount()).get(10, TimeUnit.SECONDS));
        machine.start();
        awaitCount(machine, 50_000);
        machine.pause("a test").get(10, TimeUnit.SECONDS);
        byte[] first = machine.call(view -> view.digest()).get(10, TimeUnit.SECONDS);
        byte[] second = machine.call(view -> view.digest()).get(10, TimeUnit.SECONDS);
        assertArrayEquals(first, second);
        assertEquals(MachineState.PAUSED, machine.status().state());
        long count = machine.status().instructions();
        machine.start();
        awaitCount(machine, count + 1000);
    }

    @Test
    void aThrottledGuestExecutesNothingUntilTheLastCauseIsGone() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.mixer(folder), 1));
        machine.throttle("one", true);
        machine.throttle("two", true);
        machine.start();
        machine.throttle("one", false);
        assertEquals(0L, machine.call(view -> view.instructionCount()).get(10, TimeUnit.SECONDS));
        machine.throttle("two", false);
        awaitCount(machine, 1000);
    }

    @Test
    void framesAndKeysAreBoundedCompletionsAreNot() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.mixer(folder), 1));
        for (int i = 0; i < InputQueue.MAX_DROPPABLE; i++) {
            assertTrue(machine.inbox().offer(new Input.BytesReceived("plain0", new byte[1])));
        }
        assertFalse(machine.inbox().offer(new Input.BytesReceived("plain0", new byte[1])));
        assertTrue(machine.inbox().offer(new Input.EntropyReceived("plain0", new byte[1])));
        assertFalse(machine.inbox().offer(new Input.Clock(0, 0)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theJournalOfARunGivesTheSameDigestHoweverTheReplayIsCut(int harts) throws Exception {
        MachineConfig config = TestGuests.config(TestGuests.mixer(folder), harts);
        long seed = System.nanoTime();
        Machine machine = create(config);
        List<Journal.Entry> journal = new ArrayList<>();
        machine.call(view -> {
                    view.listenInputs(
                            Optional.of((count, input) -> journal.add(new Journal.Entry(count, input.kept()))));
                    return null;
                })
                .get(10, TimeUnit.SECONDS);
        machine.start();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[1 + random.nextInt(8)];
            random.nextBytes(bytes);
            machine.inbox().offer(new Input.BytesReceived("plain0", bytes));
            awaitCount(machine, count(machine) + 1 + random.nextInt(2000));
        }
        machine.pause("to compare").get(10, TimeUnit.SECONDS);
        byte[] digest = machine.call(view -> view.digest()).get(10, TimeUnit.SECONDS);
        long count = machine.status().instructions();
        assertTrue(journal.size() > 100, "inputs " + journal.size());

        for (long cut : new long[] {Long.MAX_VALUE, 777, 20_000}) {
            VirtBoard board = VirtMachineBuilder.board(config, new byte[0]);
            for (DeviceSlot slot : board.slots()) {
                slot.insert(new PlainDevice(Journal.host(board, slot), maker));
            }
            Journal.replay(board, journal, count, cut);
            assertArrayEquals(digest, board.digest(), "seed " + seed + " harts " + harts + " cut " + cut);
        }
    }

    @Test
    void aSnapshotOfARunningMachineGoesOnAsTheMachineItself() throws Exception {
        MachineConfig config = TestGuests.config(TestGuests.mixer(folder), 2);
        Machine machine = create(config);
        machine.start();
        awaitCount(machine, 200_000);
        Path file = folder.resolve("running.snapshot");
        machine.snapshot(file).get(20, TimeUnit.SECONDS);
        machine.pause("to compare").get(10, TimeUnit.SECONDS);
        Path paused = folder.resolve("paused.snapshot");
        machine.snapshot(paused).get(20, TimeUnit.SECONDS);
        byte[] digest = machine.call(view -> view.digest()).get(10, TimeUnit.SECONDS);

        Machine restored = create(restoring(config, paused));
        assertArrayEquals(digest, restored.call(view -> view.digest()).get(10, TimeUnit.SECONDS));
        Machine earlier = create(restoring(config, file));
        long count = earlier.status().instructions();
        earlier.start();
        awaitCount(earlier, count + 100_000);
        try (var files = Files.list(folder)) {
            assertEquals(
                    0,
                    files.filter(path -> path.toString().endsWith(".partial")).count());
        }
    }

    private static MachineConfig restoring(MachineConfig config, Path file) {
        return new MachineConfig(
                config.name(),
                config.type(),
                config.memoryBytes(),
                config.harts(),
                Optional.empty(),
                Optional.empty(),
                config.firmware(),
                "",
                config.devices(),
                Optional.of(file));
    }

    @Test
    void aDamagedSnapshotOrOneOfAnotherMachineIsRefusedByName() throws Exception {
        MachineConfig config = TestGuests.config(TestGuests.mixer(folder), 1);
        Machine machine = create(config);
        Path file = folder.resolve("a.snapshot");
        machine.snapshot(file).get(20, TimeUnit.SECONDS);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] flipped = whole.clone();
            int at = i < 100 ? i % whole.length : random.nextInt(whole.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Path bad = Files.write(folder.resolve("bad.snapshot"), flipped);
            assertThrows(MachineConfigException.class, () -> create(restoring(config, bad)), "flip at " + at);
            Path cut = Files.write(folder.resolve("cut.snapshot"), Arrays.copyOf(whole, random.nextInt(whole.length)));
            assertThrows(MachineConfigException.class, () -> create(restoring(config, cut)));
        }
        MachineConfig twoHarts = TestGuests.config(TestGuests.mixer(folder), 2);
        String message = assertThrows(MachineConfigException.class, () -> create(restoring(twoHarts, file)))
                .getMessage();
        assertTrue(message.contains("harts 1") && message.contains("has 2"), message);
    }

    @Test
    void aSnapshotThatCannotBeWrittenLeavesTheMachineRunning() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.mixer(folder), 1));
        machine.start();
        Path nowhere = folder.resolve("missing").resolve("a.snapshot");
        ExecutionException e = assertThrows(
                ExecutionException.class, () -> machine.snapshot(nowhere).get(20, TimeUnit.SECONDS));
        assertTrue(
                e.getCause().getMessage().contains(nowhere.toString()),
                e.getCause().getMessage());
        awaitCount(machine, count(machine) + 1000);
    }

    @Test
    void aModelThatGoesAndComesBackLosesNothing() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.mixer(folder), 1));
        machine.start();
        machine.inbox().offer(new Input.BytesReceived("plain0", new byte[] {1}));
        awaitEvent("notified 1");
        models.remove(maker);
        assertTrue(maker.events().contains("closed"));
        machine.inbox().offer(new Input.BytesReceived("plain0", new byte[] {2}));
        awaitCount(machine, count(machine) + 20_000);
        models.add(maker);
        // 1 * 31 + 2: the state was kept, and the input waited for the model.
        awaitEvent("notified 33");
        assertEquals(2, maker.made.size());
    }

    @Test
    void aModelMayGoWhileTheMachineStands() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.mixer(folder), 1));
        models.remove(maker);
        models.add(maker);
        machine.start();
        machine.inbox().offer(new Input.BytesReceived("plain0", new byte[] {5}));
        awaitEvent("notified 5");
    }

    @Test
    void aMissingModelIsNamed() {
        String message = assertThrows(
                        MachineConfigException.class,
                        () -> new VirtMachineBuilder(new DeviceModels())
                                .create(TestGuests.config(TestGuests.mixer(folder), 1), new byte[0]))
                .getMessage();
        assertTrue(message.contains("plain0") && message.contains("type plain"), message);
    }

    private void awaitEvent(String event) {
        while (!maker.events().contains(event)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatWaitsForRestIsDoneAtOnceWhereTheGuestWaits() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.sleeper(folder), 1));
        machine.start();
        // The first may come before the guest has reached its WFI: rest is what is waited for.
        machine.callAtRest(view -> null, () -> false).get(10, TimeUnit.SECONDS);
        long atRest =
                machine.callAtRest(view -> view.instructionCount(), () -> false).get(10, TimeUnit.SECONDS);
        assertEquals(atRest, count(machine));
    }

    @Test
    void whatWaitsForRestIsDoneWhenItIsDueWhereTheGuestIsBusy() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.poke(folder, 0), 1));
        machine.start();
        long before = count(machine);
        long limit = TimeUnit.MILLISECONDS.toNanos(30);
        long asked = System.nanoTime();
        long done = machine.callAtRest(view -> view.instructionCount(), () -> System.nanoTime() - asked >= limit)
                .get(10, TimeUnit.SECONDS);
        assertTrue(System.nanoTime() - asked >= limit);
        assertTrue(done > before);
    }

    @Test
    void whatWaitsForRestFailsWithTheMachinesEnd() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.poke(folder, 0), 1));
        machine.start();
        CompletableFuture<Long> waiting = machine.callAtRest(view -> view.instructionCount(), () -> false);
        machine.stop("enough").get(10, TimeUnit.SECONDS);
        // A guest that was stopped is at rest; one that has ended answers nothing.
        waiting.handle((count, failure) -> null).get(10, TimeUnit.SECONDS);
        assertThrows(
                ExecutionException.class,
                () -> machine.callAtRest(view -> null, () -> false).get(10, TimeUnit.SECONDS));
    }

    /** An answer that comes in a moment is there behind the instruction that asked. */
    @Test
    void theGuestStandsForAnAnswerThatIsAboutToCome() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "who answers needs a processor of its own");
        AtomicReference<Inbox> question = new AtomicReference<>();
        maker.asked = question::set;
        Machine machine = create(TestGuests.config(TestGuests.asker(folder), 1));
        CountDownLatch atOnce = new CountDownLatch(10);
        machine.call(view -> {
                    view.listenInputs(Optional.of((count, input) -> {
                        if (input instanceof Input.BytesReceived
                                && count % TestGuests.ASKER_ROUND == TestGuests.ASKER_FIRST) {
                            atOnce.countDown();
                        }
                    }));
                    return null;
                })
                .get(10, TimeUnit.SECONDS);
        machine.start();
        // Awake, as a thread that sleeps may take longer to wake than the guest stands.
        while (atOnce.getCount() > 0) {
            Inbox asked = question.getAndSet(null);
            if (asked == null) {
                Thread.onSpinWait();
            } else {
                asked.offer(new Input.BytesReceived("plain0", new byte[] {1}));
            }
        }
    }

    @Test
    void countersTellWhichTierExecutes() throws Exception {
        Machine machine = create(TestGuests.config(TestGuests.poke(folder, 0), 1));
        machine.start();
        awaitCounter(machine, "translated instructions", 1_000_000);
        assertTrue(machine.counters().get("regions in place") > 0);
        assertTrue(machine.counters().get("interpreted instructions") > 0);
        machine.pause("to count").get(10, TimeUnit.SECONDS);
        long sum = machine.counters().get("translated instructions")
                + machine.counters().get("interpreted instructions");
        assertTrue(sum <= count(machine), () -> sum + " of more instructions than were executed");
    }

    private static void awaitCounter(Machine machine, String name, long least) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (machine.counters().get(name) < least) {
            assertTrue(System.nanoTime() < deadline, () -> "after 60 s " + machine.counters());
            machine.call(view -> null).get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aMachineThatStandsByRehearsesWhatIsHotElsewhereAndBeginsWithIt() throws Exception {
        Machine elsewhere = create(TestGuests.config(TestGuests.mixer(folder), 2));
        elsewhere.start();
        awaitCounter(elsewhere, "translated instructions", 1_000_000);
        byte[] hotCode = elsewhere.call(MachineView::hotCode).get(10, TimeUnit.SECONDS);
        Machine standby = create(TestGuests.config(TestGuests.mixer(folder), 2));
        byte[] before = standby.call(MachineView::digest).get(10, TimeUnit.SECONDS);
        foretell(standby, hotCode);
        awaitCounter(standby, "regions rehearsed", 1);
        assertArrayEquals(before, standby.call(MachineView::digest).get(10, TimeUnit.SECONDS));
        standby.start();
        awaitCounter(standby, "regions foretold in place", 1);
    }

    private static void foretell(Machine machine, byte[] hotCode) throws Exception {
        machine.call(view -> {
                    view.foretell(hotCode);
                    return null;
                })
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void aListOfHotCodeThatIsNoneIsRefusedAndNothingChanges() throws Exception {
        Machine standby = create(TestGuests.config(TestGuests.mixer(folder), 1));
        byte[][] wrong = {
            {1},
            {2, 1, 0, 0},
            {1, 2, 0, 0, 0, 0},
            {1, 1, 1, 0, 0, 0, 0},
            {1, 1, 1, 0, -1, -1, -1, 127, 0, 0, 0},
            {1, 1, -1, -1}
        };
        for (byte[] list : wrong) {
            ExecutionException failure = assertThrows(ExecutionException.class, () -> foretell(standby, list));
            assertInstanceOf(StateFormatException.class, failure.getCause());
            assertTrue(failure.getCause().getMessage().startsWith("hot code list"), failure.getMessage());
        }
        standby.start();
        awaitCount(standby, 1_000);
    }
}
