package org.kemari.emulator.machine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.Input;
import org.kemari.emulator.ram.Ram;

/**
 * Drives two boards along one journal of clock inputs, which it makes up from a seed, and compares them: everything but
 * RAM at each step, and the pages that either has changed since, now and then.
 */
final class LockStep implements AutoCloseable {
    /** As a machine's slices have it. */
    private static final int SLACK = 127;

    private final VirtBoard reference;
    private final VirtBoard other;
    private final long step;
    private final int stepsPerRamCheck;
    private final GuestPace pace;
    private final Random random;
    private final DirtyTracker referencePages;
    private final DirtyTracker otherPages;

    LockStep(VirtBoard reference, VirtBoard other, long step, int stepsPerRamCheck, long seed) {
        this(reference, other, new GuestPace(LinuxTestGuest.EPOCH_NANOS), step, stepsPerRamCheck, seed);
    }

    /** The same for boards that have come here at {@code pace}. */
    LockStep(VirtBoard reference, VirtBoard other, GuestPace pace, long step, int stepsPerRamCheck, long seed) {
        this.reference = reference;
        this.other = other;
        this.pace = pace;
        this.step = step;
        this.stepsPerRamCheck = stepsPerRamCheck;
        random = new Random(seed);
        referencePages = reference.ram().track();
        otherPages = other.ram().track();
    }

    /** Runs until {@code instructions} were executed or the guest ends. */
    void run(long instructions) {
        int steps = 0;
        while (reference.count() < instructions && reference.ending().isEmpty()) {
            long target = reference.count() + step;
            Input clock = LinuxTestGuest.clock(pace, reference);
            reference.apply(clock);
            other.apply(clock);
            advance(reference, target, step);
            // The other one is cut elsewhere: that must not show.
            advance(other, reference.count(), 1 + random.nextInt((int) step));
            compare(++steps % stepsPerRamCheck == 0);
        }
        compare(true);
    }

    private static void advance(VirtBoard board, long target, long cut) {
        while (board.count() < target) {
            long rest = target - board.count();
            // Where it is cut does not matter, but for the end.
            int slack = cut < rest ? (int) Math.min(SLACK, cut - 1) : 0;
            if (board.advance(Math.min(cut, rest), slack) == 0) {
                return;
            }
        }
    }

    private void compare(boolean ram) {
        if (reference.count() != other.count() || !Arrays.equals(reference.saveState(), other.saveState())) {
            throw new AssertionError("the boards differ after " + reference.count() + " and " + other.count()
                    + " instructions: pc " + Long.toHexString(reference.hart(0).pc()) + " and "
                    + Long.toHexString(other.hart(0).pc()) + registers());
        }
        if (ram) {
            Map<Long, byte[]> changed = new HashMap<>();
            claim(referencePages, changed);
            Map<Long, byte[]> alsoChanged = new HashMap<>();
            claim(otherPages, alsoChanged);
            changed.putAll(alsoChanged);
            byte[] a = new byte[Ram.PAGE_BYTES];
            byte[] b = new byte[Ram.PAGE_BYTES];
            for (long page : changed.keySet()) {
                reference.ram().read(page, a, 0);
                other.ram().read(page, b, 0);
                if (!Arrays.equals(a, b)) {
                    throw new AssertionError("page " + page + " differs at " + Arrays.mismatch(a, b) + " after "
                            + reference.count() + " instructions");
                }
            }
        }
    }

    private String registers() {
        StringBuilder text = new StringBuilder();
        for (int register = 1; register < 32; register++) {
            long a = reference.hart(0).x(register);
            long b = other.hart(0).x(register);
            if (a != b) {
                text.append(" x")
                        .append(register)
                        .append('=')
                        .append(Long.toHexString(a))
                        .append(',')
                        .append(Long.toHexString(b));
            }
        }
        return text.toString();
    }

    private static void claim(DirtyTracker tracker, Map<Long, byte[]> into) {
        tracker.claim((page, content, offset) -> into.put(page, content), Integer.MAX_VALUE);
    }

    @Override
    public void close() {
        referencePages.close();
        otherPages.close();
    }
}
