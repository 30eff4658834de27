package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import org.kemari.api.tap.Output;

/** What the outside saw of a guest, wherever it ran, and what must hold of it. */
final class World {
    private World() {}

    static List<Long> numbers(Host host) {
        return host.machine.net().delivered().stream()
                .map(output -> ((Output.Frame) output).frame().array())
                .filter(frame -> frame[12] == 8 && frame[13] == 0)
                .map(CounterMachine::numberOf)
                .toList();
    }

    /** What the machine is must be what its program makes of it, wherever it ran. */
    static void checkState(Host host) {
        CounterMachine.Moment moment = host.machine.moment();
        assertEquals(CounterMachine.digestAfter(moment.step()), moment.digest(), "RAM at step " + moment.step());
        assertArrayEquals(CounterMachine.imageAfter(moment.step()), moment.image(), "disk at step " + moment.step());
    }

    /** The outside saw every output, no output twice from one side, and nothing that the backup did not hold. */
    static void checkWorld(Host lost, Host winner) {
        List<Long> before = numbers(lost);
        List<Long> after = numbers(winner);
        TreeSet<Long> all = new TreeSet<>(before);
        all.addAll(after);
        assertEquals(List.copyOf(new TreeSet<>(after)), after, "what was committed is said first, and in order");
        long last = 0;
        for (long number : all) {
            assertEquals(last + 3, number, "an output is missing");
            last = number;
        }
        long latest = before.isEmpty() ? 0 : before.get(before.size() - 1);
        assertTrue(
                latest <= winner.machine.restoredAt(),
                "output " + latest + " left although the backup held only step " + winner.machine.restoredAt());
    }
}
