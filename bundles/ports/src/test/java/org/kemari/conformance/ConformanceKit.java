package org.kemari.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;

/**
 * Under random guest traffic, saves a device at random points, restores each into a fresh instance, does to it what was
 * done to the first from there on, and compares everything: registers read, outputs, interrupts, RAM, saved state.
 */
public final class ConformanceKit {
    /** Drives a device as a guest and its surroundings would: one step of it. */
    @FunctionalInterface
    public interface Traffic {
        void step(Rig rig, Random random);
    }

    private record SavePoint(int deeds, int shown, boolean interrupt, MapState state, byte[] ram) {}

    private static final int SAVE_POINTS = 12;

    private final int ramBytes;
    private final Rig.Subject subject;

    public ConformanceKit(int ramBytes, Rig.Subject subject) {
        this.ramBytes = ramBytes;
        this.subject = subject;
    }

    /** Runs {@code steps} steps of {@code traffic}; {@code seed} repeats them. */
    public void prove(long seed, int steps, Traffic traffic) throws StateFormatException {
        prove(seed, steps, true, traffic);
    }

    /**
     * The same; a guest that is not {@code honest} also changes buffers that are in flight, so that what is issued again
     * may hold its new content.
     */
    public void prove(long seed, int steps, boolean honest, Traffic traffic) throws StateFormatException {
        String run = "seed=" + seed;
        System.out.println("conformance " + run);
        Random random = new Random(seed);
        List<SavePoint> points = new ArrayList<>();
        try (Rig first = new Rig(new byte[ramBytes], subject)) {
            first.device().goLive();
            List<Input> waiting = new ArrayList<>();
            for (int step = 0; step < steps; step++) {
                if (random.nextInt(steps) < SAVE_POINTS) {
                    points.add(new SavePoint(
                            first.deeds().size(),
                            first.shown().size(),
                            first.interruptAsserted(),
                            first.save(),
                            first.ram().content().clone()));
                }
                traffic.step(first, random);
                waiting.addAll(first.takeInbox());
                while (!waiting.isEmpty() && random.nextInt(3) != 0) {
                    first.input((Input.ForDevice) waiting.remove(random.nextInt(waiting.size())));
                }
            }
            assertTrue(!first.shown().isEmpty(), "the traffic made the device show something");
            for (SavePoint point : points) {
                replay(first, point, honest, run + " deed=" + point.deeds);
            }
        }
    }

    private void replay(Rig first, SavePoint point, boolean honest, String run) throws StateFormatException {
        try (Rig second = new Rig(point.ram.clone(), subject)) {
            second.device().restore(point.state);
            assertEquals(point.interrupt, second.interruptAsserted(), run + ": interrupt line driven anew");
            assertEquals(point.state.text(), second.save().text(), run + ": what is restored is saved alike");
            second.shown().clear();
            second.device().goLive();
            // What is issued again was said before.
            assertTrue(
                    !honest || first.shown().subList(0, point.shown).containsAll(second.shown()),
                    () -> run + ": going live says something new: " + second.shown());
            second.shown().clear();
            for (Rig.Deed deed : List.copyOf(first.deeds())
                    .subList(point.deeds, first.deeds().size())) {
                deed.doTo(second);
            }
            List<String> expected =
                    first.shown().subList(point.shown, first.shown().size());
            for (int index = 0; index < Math.min(expected.size(), second.shown().size()); index++) {
                assertEquals(expected.get(index), second.shown().get(index), run + " shown=" + index);
            }
            assertEquals(expected.size(), second.shown().size(), run + ": as much shown");
            assertEquals(first.save().text(), second.save().text(), run + ": equal states at the end");
            assertTrue(
                    Arrays.equals(first.ram().content(), second.ram().content()), () -> run + ": equal RAM at the end");
        }
    }

    /** A state that lacks any one value is refused, and changes nothing. */
    public void refusesDamaged(Rig rig, String... paths) {
        String before = rig.save().text();
        byte[] ram = rig.ram().content().clone();
        for (String path : paths) {
            MapState damaged = rig.save().without(path);
            org.junit.jupiter.api.Assertions.assertThrows(
                    StateFormatException.class, () -> rig.device().restore(damaged), path);
            assertEquals(before, rig.save().text(), path);
        }
        assertArrayEquals(ram, rig.ram().content());
    }
}
