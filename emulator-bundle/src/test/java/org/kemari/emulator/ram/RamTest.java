package org.kemari.emulator.ram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.machine.DirtyTracker;

class RamTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static RamTest.Pages claim(DirtyTracker tracker, int max) {
        Pages pages = new Pages();
        tracker.claim((page, content, offset) -> pages.list.add(page), max);
        return pages;
    }

    private static final class Pages {
        private final List<Long> list = new ArrayList<>();
    }

    @Test
    void sixtyFourGibibytesAreAddressableAndLazy() throws GuestAddressException {
        Ram ram = new Ram(64L << 30);
        ram.writeLong(Ram.BASE + (64L << 30) - 8, 42);
        assertEquals(42, ram.readLong(Ram.BASE + (64L << 30) - 8));
        assertEquals(1, ram.track().dirtyPages());
    }

    /** What this thread allocates, counted by the JVM: 8 GiB of RAM take an index, and then each page that is touched. */
    @Test
    void memoryTakenIsInProportionToThePagesTouched() throws GuestAddressException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Ram ram = new Ram(8L << 30);
        long index = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(index < 24L << 20, "8 GiB of RAM take " + index + " bytes before anything is touched");
        long pages = ram.pageCount();
        assertEquals((8L << 30) / 4096, pages);
        for (int touched : new int[] {1, 100, 5_000}) {
            long stride = pages / touched;
            before = THREADS.getCurrentThreadAllocatedBytes();
            long sum = 0;
            for (long page = 0; page < pages; page += pages / 50_000) {
                sum += ram.readLong(Ram.BASE + page * 4096);
            }
            for (int i = 0; i < touched; i++) {
                ram.writeLong(Ram.BASE + ((i + 1) * stride - 1) * 4096 + 8, -1);
            }
            long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals(0, sum);
            // An array's header, and what the test itself allocates.
            assertTrue(taken <= touched * 4112L + 65_536, touched + " pages touched take " + taken + " bytes");
            for (long page = 0; page < pages; page++) {
                ram.clear(page);
            }
        }
    }

    @Test
    void whatIsNotRamIsRefused() {
        Ram ram = new Ram(1 << 20);
        assertThrows(GuestAddressException.class, () -> ram.readByte(Ram.BASE - 1));
        assertThrows(GuestAddressException.class, () -> ram.readLong(Ram.BASE + (1 << 20) - 7));
        assertThrows(GuestAddressException.class, () -> ram.write(-4, new byte[8], 0, 8));
        assertFalse(ram.contains(-1, 2));
        assertFalse(ram.contains(Ram.BASE, -1));
        assertTrue(ram.contains(Ram.BASE, 1 << 20));
    }

    @Test
    void eachTrackerHasItsOwnRecord() throws GuestAddressException {
        Ram ram = new Ram(1 << 20);
        ram.writeByte(Ram.BASE + 5 * 4096, 1);
        DirtyTracker first = ram.track();
        assertEquals(List.of(5L), claim(first, 10).list);
        DirtyTracker second = ram.track();
        ram.writeShort(Ram.BASE + 7 * 4096 - 1, 0x1234);
        assertEquals(List.of(6L, 7L), claim(first, 10).list);
        assertEquals(List.of(5L), claim(second, 1).list);
        assertEquals(2, second.dirtyPages());
        assertEquals(List.of(6L, 7L), claim(second, 10).list);
        second.close();
        ram.clear(6);
        assertEquals(0, second.dirtyPages());
        assertEquals(List.of(6L), claim(first, 10).list);
        assertEquals(0, ram.readByte(Ram.BASE + 6 * 4096));
    }

    @Test
    void watchersAreToldBeforeAClaimAndWhenCodeChanges() throws GuestAddressException {
        Ram ram = new Ram(1 << 20);
        List<String> told = new ArrayList<>();
        ram.addObserver(new RamObserver() {
            @Override
            public void storesWatched() {
                told.add("stores");
            }

            @Override
            public void pageReplaced() {
                told.add("replaced");
            }

            @Override
            public void codeChanged(int page) {
                told.add("code " + page);
            }
        });
        ram.writeByte(Ram.BASE, 1);
        DirtyTracker tracker = ram.track();
        claim(tracker, 1);
        ram.markCode(3, 0, 64);
        ram.writeByte(Ram.BASE + 3 * 4096 + 64, 1);
        ram.writeByte(Ram.BASE + 3 * 4096 + 63, 1);
        ram.clear(0);
        assertEquals(List.of("stores", "stores", "stores", "code 3", "replaced"), told);
    }
}
