package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.machine.Machine;

/** A machine that has not started lends itself to the thread that has something for it. */
@Timeout(60)
class StandingMachineTest {
    @TempDir
    Path folder;

    private Machine machine;

    @BeforeEach
    void create() throws Exception {
        DeviceModels models = new DeviceModels();
        models.add(new PlainDevice.Maker());
        machine = new VirtMachineBuilder(models).create(TestGuests.config(TestGuests.poke(folder, 0), 1), new byte[0]);
    }

    @AfterEach
    void stop() throws Exception {
        machine.stop("test over").get(10, TimeUnit.SECONDS);
    }

    private Thread whoRuns() throws Exception {
        return machine.callStanding(view -> Thread.currentThread()).get(10, TimeUnit.SECONDS);
    }

    /** Until the machine's own thread rests. */
    private void awaitLent() throws Exception {
        while (whoRuns() != Thread.currentThread()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whoCallsRunsTheTaskUntilTheMachineStarts() throws Exception {
        awaitLent();
        machine.start();
        assertNotSame(Thread.currentThread(), whoRuns());
        machine.pause("a while").get(10, TimeUnit.SECONDS);
        assertNotSame(Thread.currentThread(), whoRuns());
    }

    @Test
    void theTaskIsDoneOnReturnAndItsFailureIsItsCallers() throws Exception {
        awaitLent();
        assertTrue(machine.callStanding(view -> view.instructionCount()).isDone());
        CompletableFuture<Long> failed = machine.callStanding(view -> {
            throw new IllegalStateException("the task's own");
        });
        assertTrue(failed.isCompletedExceptionally());
        awaitLent();
    }

    @Test
    void theMachinesThreadWaitsForWhoHasTheMachine() throws Exception {
        awaitLent();
        AtomicInteger within = new AtomicInteger();
        CompletableFuture<Integer> other = machine.callStanding(view -> {
                    within.incrementAndGet();
                    CompletableFuture<Integer> asked = machine.call(inner -> within.get());
                    // A thread that did not wait would be done long before.
                    assertThrows(TimeoutException.class, () -> asked.get(50, TimeUnit.MILLISECONDS));
                    within.decrementAndGet();
                    return asked;
                })
                .get(10, TimeUnit.SECONDS);
        assertEquals(0, other.get(10, TimeUnit.SECONDS));
    }

    @Test
    void oneTaskAtATimeWhoeverCalls() throws Exception {
        int callers = 4;
        int each = 2_000;
        AtomicInteger within = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int[] done = new int[1];
        CountDownLatch ended = new CountDownLatch(callers);
        List<CompletableFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            boolean standing = i % 2 == 0;
            new Thread(() -> {
                        for (int k = 0; k < each; k++) {
                            CompletableFuture<?> future = standing
                                    ? machine.callStanding(view -> counted(within, most, done))
                                    : machine.call(view -> counted(within, most, done));
                            synchronized (futures) {
                                futures.add(future);
                            }
                        }
                        ended.countDown();
                    })
                    .start();
        }
        assertTrue(ended.await(30, TimeUnit.SECONDS));
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        assertEquals(1, most.get());
        // Not an atomic: two tasks at a time would lose counts.
        assertEquals(callers * each, machine.call(view -> done[0]).get(10, TimeUnit.SECONDS));
    }

    private static Void counted(AtomicInteger within, AtomicInteger most, int[] done) {
        most.accumulateAndGet(within.incrementAndGet(), Math::max);
        done[0]++;
        within.decrementAndGet();
        return null;
    }

    @Test
    void whatWaitsComesFirst() throws Exception {
        List<String> order = new ArrayList<>();
        CountDownLatch hold = new CountDownLatch(1);
        CompletableFuture<?> busy = machine.call(view -> hold.await(10, TimeUnit.SECONDS));
        CompletableFuture<?> first = machine.call(view -> order.add("first"));
        CompletableFuture<?> second = machine.callStanding(view -> order.add("second"));
        assertFalse(second.isDone());
        hold.countDown();
        CompletableFuture.allOf(busy, first, second).get(10, TimeUnit.SECONDS);
        assertEquals(List.of("first", "second"), order);
    }

    /** The machine's thread was woken for the first, and may not have the machine yet. */
    @Test
    void whatTheMachinesThreadWasWokenForComesFirst() throws Exception {
        for (int i = 0; i < 200; i++) {
            awaitLent();
            List<String> order = new ArrayList<>();
            CompletableFuture<?> first = machine.callStanding(view -> machine.call(inner -> order.add("first")))
                    .get(10, TimeUnit.SECONDS);
            CompletableFuture<?> second = machine.callStanding(view -> order.add("second"));
            CompletableFuture.allOf(first, second).get(10, TimeUnit.SECONDS);
            assertEquals(List.of("first", "second"), order);
        }
    }

    @Test
    void aTaskWithinATaskComesBehindIt() throws Exception {
        awaitLent();
        List<String> order = new ArrayList<>();
        CompletableFuture<Boolean> inner = machine.callStanding(view -> {
                    CompletableFuture<Boolean> asked = machine.callStanding(within -> order.add("inner"));
                    order.add("outer");
                    return asked;
                })
                .get(10, TimeUnit.SECONDS);
        assertTrue(inner.get(10, TimeUnit.SECONDS));
        assertEquals(List.of("outer", "inner"), order);
    }

    @Test
    void aStateIsRestoredWhoeverHasTheMachine() throws Exception {
        byte[] initial = machine.call(view -> view.saveState()).get(10, TimeUnit.SECONDS);
        machine.start();
        while (machine.call(view -> view.instructionCount()).get(10, TimeUnit.SECONDS) == 0) {
            Thread.onSpinWait();
        }
        byte[] later = machine.call(view -> view.saveState()).get(10, TimeUnit.SECONDS);
        machine.stop("enough").get(10, TimeUnit.SECONDS);
        create();
        awaitLent();
        machine.callStanding(view -> {
                    view.restoreState(later);
                    return null;
                })
                .get(10, TimeUnit.SECONDS);
        // Seen by the machine's own thread, too.
        byte[] seen = machine.call(view -> view.saveState()).get(10, TimeUnit.SECONDS);
        assertArrayEquals(later, seen);
        assertFalse(Arrays.equals(initial, seen));
    }

    @Test
    void aMachineThatHasEndedFailsTheTask() throws Exception {
        awaitLent();
        machine.stop("enough").get(10, TimeUnit.SECONDS);
        CompletableFuture<Long> late = machine.callStanding(view -> view.instructionCount());
        assertThrows(ExecutionException.class, () -> late.get(10, TimeUnit.SECONDS));
    }
}
