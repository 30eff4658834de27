package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MacTableTest {
    private final AtomicLong now = new AtomicLong();
    private final MacTable<String> table = new MacTable<>(now::get);

    @Test
    void anAddressIsForgottenWhenItWasNotSeenForTheAgeingTime() {
        table.learn(1, "here");
        now.addAndGet(MacTable.AGEING_NANOS);
        assertEquals(Optional.of("here"), table.find(1));
        now.incrementAndGet();
        assertEquals(Optional.empty(), table.find(1));
        assertEquals(0, table.size());
    }

    @Test
    void anAddressMoves() {
        table.learn(1, "here");
        table.learn(1, "there");
        assertEquals(Optional.of("there"), table.find(1));
    }

    @Test
    void theTableIsBoundedAndForgetsWhatItHasNotSeenForLongest() {
        for (long address = 0; address < MacTable.MAX_ENTRIES; address++) {
            table.learn(address, "here");
        }
        table.learn(0, "seen again");
        table.learn(MacTable.MAX_ENTRIES, "new");
        assertEquals(MacTable.MAX_ENTRIES, table.size());
        assertEquals(Optional.of("seen again"), table.find(0));
        assertEquals(Optional.empty(), table.find(1));
    }
}
