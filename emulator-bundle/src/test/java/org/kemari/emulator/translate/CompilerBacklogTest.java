package org.kemari.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CompilerBacklogTest {
    private static final long LOOK = CompilerBacklog.LOOK_NANOS;
    private static final long LOOK_MILLIS = LOOK / 1_000_000;
    private static final long COMPILED = CompilerBacklog.BYTES_PER_SECOND * LOOK_MILLIS / 1_000;

    private final AtomicLong compilingMillis = new AtomicLong(1_000);
    private final CompilerBacklog backlog = new CompilerBacklog(compilingMillis::get, 0);

    @Test
    void compilersThatWorkGetThroughSoMuch() {
        backlog.add(100_000, 0);
        compilingMillis.addAndGet(LOOK_MILLIS);
        assertEquals(100_000 - COMPILED, backlog.bytes(LOOK));
        compilingMillis.addAndGet(LOOK_MILLIS);
        assertEquals(100_000 - 2 * COMPILED, backlog.bytes(2 * LOOK));
        compilingMillis.addAndGet(10_000);
        assertEquals(0, backlog.bytes(2 * LOOK + 10_000_000_000L));
    }

    @Test
    void compilersThatRestHaveNothingLeftButTheLatest() {
        backlog.add(100_000, 0);
        compilingMillis.addAndGet(LOOK_MILLIS);
        backlog.bytes(LOOK);
        backlog.add(20_000, LOOK);
        assertEquals(20_000, backlog.bytes(2 * LOOK));
        assertEquals(0, backlog.bytes(3 * LOOK));
    }

    @Test
    void restsInARowAreCounted() {
        for (int look = 1; look <= 3; look++) {
            backlog.bytes(look * LOOK);
            assertEquals(look, backlog.rests());
        }
        backlog.add(1_000, 3 * LOOK + 1);
        assertEquals(3, backlog.rests());
        compilingMillis.addAndGet(LOOK_MILLIS);
        backlog.bytes(4 * LOOK);
        assertEquals(0, backlog.rests());
    }

    @Test
    void betweenTwoLooksNothingIsAsked() {
        backlog.add(100_000, 0);
        assertEquals(100_000 - COMPILED / 5, backlog.bytes(LOOK / 5));
    }
}
