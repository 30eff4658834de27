package org.kemari.eventtap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.SealedEpoch;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;
import org.kemari.api.tap.TapListener;

final class TapTest {
    private static final TapBounds BOUNDS = new TapBounds(65_536, 64);

    private final FakeMachine machine = new FakeMachine();
    private final Tap tap = new Tap("vm", machine, BOUNDS);
    private final List<Long> waiting = new CopyOnWriteArrayList<>();
    private final AtomicInteger followed = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final FakeProxy net = new FakeProxy("net0");
    private final TapListener listener = new TapListener() {
        @Override
        public void outputWaiting(long epoch) {
            waiting.add(epoch);
        }

        @Override
        public void outputFollows() {
            followed.incrementAndGet();
        }

        @Override
        public void tapClosing() {
            closing.set(true);
            machine.guest(tap::disarm);
        }
    };

    @BeforeEach
    void addNet() {
        tap.add(net);
    }

    @AfterEach
    void endMachine() {
        machine.close();
    }

    private static Output frame(int number) {
        return new Output.Frame(ByteBuffer.allocate(60).putInt(number).array());
    }

    private static Output write(int lengthBytes) {
        return new Output.Block(1, BlockRequest.write(0, ByteBuffer.allocate(lengthBytes)));
    }

    private static int number(Output output) {
        return ((Output.Frame) output).frame().getInt(0);
    }

    private void arm() {
        machine.guest(() -> tap.arm(1, listener));
    }

    @Test
    void unarmedOutputsPass() {
        machine.guest(() -> net.say(frame(1)));
        assertEquals(1, net.delivered().size());
        assertFalse(net.gated());
    }

    @Test
    void armedOutputsLeaveOnlyWithTheirEpochAndInOrder() {
        arm();
        machine.guest(() -> {
            net.say(frame(1));
            net.say(frame(2));
            tap.seal();
            net.say(frame(3));
        });
        assertEquals(List.of(1L, 2L), waiting);
        assertEquals(1, followed.get());
        assertEquals(0, net.delivered().size());
        tap.release(1);
        assertEquals(
                List.of(1, 2), net.delivered().stream().map(TapTest::number).toList());
        tap.release(2);
        assertEquals(3, number(net.delivered().get(2)));
    }

    @Test
    void anEpochThatWasReleasedEarlierHoldsNothingBackLater() {
        arm();
        tap.release(5);
        machine.guest(() -> net.say(frame(1)));
        assertEquals(1, tap.status().heldOutputs(), "delivery happens at a release, never while the guest speaks");
    }

    @Test
    void orderAcrossPortsOfOneVmIsKept() {
        List<Output> wire = new CopyOnWriteArrayList<>();
        FakeProxy a = new FakeProxy("a", wire);
        FakeProxy b = new FakeProxy("b", wire);
        tap.add(a);
        tap.add(b);
        arm();
        machine.guest(() -> {
            for (int i = 0; i < 10; i++) {
                (i % 3 == 0 ? a : b).say(frame(i));
            }
        });
        tap.release(1);
        assertEquals(
                List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
                wire.stream().map(TapTest::number).toList());
    }

    @Test
    void sealGivesFramesAndChangesOfUnsharedDisksWhichAreUnderWayAlready() {
        FakeProxy.Disk own = new FakeProxy.Disk("own", false);
        FakeProxy.Disk shared = new FakeProxy.Disk("shared", true);
        tap.add(own);
        tap.add(shared);
        arm();
        List<SealedEpoch> sealed = new ArrayList<>();
        machine.guest(() -> {
            own.say(write(512));
            shared.say(write(512));
            net.say(frame(1));
            sealed.add(tap.seal());
        });
        assertEquals(1, own.delivered().size());
        assertEquals(0, shared.delivered().size());
        assertEquals(
                List.of("own"),
                sealed.get(0).diskChanges().stream().map(DeviceOutput::device).toList());
        assertEquals(
                List.of("net0"),
                sealed.get(0).outputs().stream().map(DeviceOutput::device).toList());
        tap.release(1);
        assertEquals(1, shared.delivered().size());
    }

    @Test
    void whatASealedEpochSaysOutlivesTheMemoryOfWhatWasDelivered() {
        ByteBuffer used = ByteBuffer.allocateDirect(8);
        FakeProxy.Disk own = new FakeProxy.Disk("own", false) {
            @Override
            public void deliver(Output output) {
                used.putInt(0, 99);
            }
        };
        tap.add(own);
        arm();
        List<SealedEpoch> sealed = new ArrayList<>();
        machine.guest(() -> {
            own.say(new Output.Block(1, BlockRequest.write(0, used.putInt(0, 1).slice(0, 4))));
            net.say(new Output.Frame(used.putInt(4, 2).slice(4, 4)));
            sealed.add(tap.seal());
        });
        Output held = sealed.get(0).outputs().get(0).output();
        tap.release(1);
        used.putInt(4, 99);
        assertEquals(2, number(held));
        assertEquals(99, number(net.delivered().get(0)), "delivered as it was said");
        Output.Block change = (Output.Block) sealed.get(0).diskChanges().get(0).output();
        assertEquals(1, change.request().data().getInt(0));
    }

    @Test
    void changesOfAnUnsharedDiskAloneAskForNoCheckpointUntilTheBoundIsNear() {
        FakeProxy.Disk own = new FakeProxy.Disk("own", false);
        tap.add(own);
        arm();
        machine.guest(() -> own.say(write(4096)));
        assertEquals(List.of(), waiting);
        machine.guest(() -> own.say(write(32_768)));
        assertEquals(List.of(1L), waiting);
        machine.guest(() -> own.say(write(32_768)));
        assertTrue(machine.throttled());
        machine.guest(tap::seal);
        assertFalse(machine.throttled());
    }

    @Test
    void recordingLetsOutputsPassAndArmingTakesOverWhatWasRecorded() {
        FakeProxy.Disk own = new FakeProxy.Disk("own", false);
        tap.add(own);
        List<SealedEpoch> sealed = new ArrayList<>();
        machine.guest(() -> {
            tap.record(0, listener);
            net.say(frame(1));
            own.say(write(512));
        });
        assertEquals(1, net.delivered().size());
        assertFalse(tap.armed());
        machine.guest(() -> {
            tap.arm(1, listener);
            sealed.add(tap.seal());
        });
        assertEquals(1, sealed.get(0).epoch());
        assertEquals(1, sealed.get(0).diskChanges().size());
    }

    @Test
    void aProxyThatAppearsWhileArmedIsGatedBeforeItsRegistrationReturns() {
        arm();
        FakeProxy late = new FakeProxy("late");
        tap.add(late);
        assertTrue(late.gated());
        machine.guest(() -> late.say(frame(1)));
        assertEquals(0, late.delivered().size());
    }

    @Test
    void outputsOfAProxyThatWentAreKeptAndLeaveWhenItIsBack() {
        arm();
        FakeProxy other = new FakeProxy("other");
        tap.add(other);
        machine.guest(() -> {
            net.say(frame(1));
            other.say(frame(2));
            net.say(frame(3));
        });
        tap.remove(net);
        tap.release(1);
        assertEquals(1, other.delivered().size(), "the others do not wait for it");
        assertEquals(2, tap.status().heldOutputs());
        FakeProxy back = new FakeProxy("net0");
        tap.add(back);
        assertEquals(
                List.of(1, 3), back.delivered().stream().map(TapTest::number).toList());
        assertEquals(0, tap.status().heldOutputs());
    }

    @Test
    void theLateUnbindOfAReplacedProxyDoesNotRemoveItsSuccessor() {
        FakeProxy successor = new FakeProxy("net0");
        tap.add(successor);
        tap.remove(net);
        assertEquals(List.of(successor), List.copyOf(tap.proxies()));
    }

    @Test
    void theGuestIsThrottledAtTheBoundAndReleasedBelowHalf() {
        arm();
        machine.guest(() -> {
            for (int i = 0; i < 63; i++) {
                net.say(frame(i));
            }
        });
        assertFalse(machine.throttled());
        machine.guest(() -> {
            net.say(frame(63));
            tap.seal();
            net.say(frame(64));
        });
        assertTrue(machine.throttled());
        assertTrue(tap.status().throttled());
        assertEquals(65, tap.status().heldOutputs(), "throttling drops nothing");
        tap.release(1);
        assertFalse(machine.throttled());
    }

    @Test
    void disarmDeliversEverythingAndLetsPass() {
        arm();
        machine.guest(() -> {
            net.say(frame(1));
            tap.disarm();
            net.say(frame(2));
        });
        assertEquals(
                List.of(1, 2), net.delivered().stream().map(TapTest::number).toList());
        assertFalse(net.gated());
    }

    @Test
    void fenceDropsAndNothingLeavesAnyMore() {
        arm();
        machine.guest(() -> {
            net.say(frame(1));
            tap.fence();
            net.say(frame(2));
        });
        tap.release(100);
        assertEquals(0, net.delivered().size());
        machine.guest(() -> assertThrows(IllegalStateException.class, tap::disarm));
        assertEquals(0, net.delivered().size());
    }

    @Test
    void whoArmedItDecidesBeforeTheTapGoes() {
        arm();
        machine.guest(() -> net.say(frame(1)));
        tap.close();
        assertTrue(closing.get());
        assertEquals(1, net.delivered().size());
    }

    @Test
    void armingTwiceIsRefused() {
        arm();
        machine.guest(() -> assertThrows(IllegalStateException.class, () -> tap.arm(1, listener)));
    }

    @Test
    void releasesOnAnotherThreadRacingWithTheGuestKeepOrderAndEpochs() throws InterruptedException {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        int rounds = 20_000;
        AtomicLong sealedEpoch = new AtomicLong();
        AtomicLong allowed = new AtomicLong();
        AtomicBoolean early = new AtomicBoolean();
        List<Integer> wire = new ArrayList<>();
        FakeProxy port = new FakeProxy("net1", List.of()) {
            @Override
            public void deliver(Output output) {
                ByteBuffer said = ((Output.Frame) output).frame();
                wire.add(said.getInt());
                if (said.getInt() > allowed.get()) {
                    early.set(true);
                }
            }
        };
        Tap raced = new Tap("vm", machine, new TapBounds(64 << 20, 1 << 20));
        raced.add(port);
        machine.guest(() -> raced.arm(1, listener));
        AtomicBoolean done = new AtomicBoolean();
        Runnable releaser = () -> {
            while (!done.get()) {
                long epoch = sealedEpoch.get();
                allowed.accumulateAndGet(epoch, Math::max);
                raced.release(epoch);
            }
        };
        Thread first = new Thread(releaser);
        Thread second = new Thread(releaser);
        first.start();
        second.start();
        machine.guest(() -> {
            long epoch = 1;
            for (int i = 0; i < rounds; i++) {
                port.say(new Output.Frame(
                        ByteBuffer.allocate(60).putInt(i).putInt((int) epoch).array()));
                if (random.nextInt(7) == 0) {
                    raced.seal();
                    sealedEpoch.set(epoch++);
                }
            }
            raced.seal();
            sealedEpoch.set(epoch);
            allowed.set(Long.MAX_VALUE);
            raced.disarm();
        });
        done.set(true);
        first.join();
        second.join();
        assertFalse(early.get(), "an output left before its epoch");
        assertEquals(rounds, wire.size());
        for (int i = 0; i < rounds; i++) {
            assertEquals(i, wire.get(i));
        }
    }

    private static EventTapConfig config(long heldBytes, int heldOutputs) {
        return new EventTapConfig() {
            @Override
            public long held_bytes() {
                return heldBytes;
            }

            @Override
            public int held_outputs() {
                return heldOutputs;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return EventTapConfig.class;
            }
        };
    }

    @Test
    void wrongBoundsAreRefusedWithValueAndRemedyAndNeverTakeTheTapAway() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new TapBounds(65_535, 64))
                .getMessage()
                .contains("held.bytes=65535 is too little; use 65536 or more"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new TapBounds(65_536, 15))
                .getMessage()
                .contains("held.outputs=15 is too little; use 16 or more"));
        EventTapComponent component = new EventTapComponent(null, config(0, 16));
        component.configure(config(1 << 20, -1));
        component.deactivate();
    }

    @Test
    void otherBoundsHoldFromThenOn() {
        arm();
        machine.guest(() -> {
            for (int i = 0; i < 20; i++) {
                net.say(frame(i));
            }
        });
        assertFalse(tap.status().throttled());
        tap.bounds(new TapBounds(65_536, 16));
        assertTrue(tap.status().throttled());
        tap.bounds(BOUNDS);
        assertFalse(tap.status().throttled());
    }
}
