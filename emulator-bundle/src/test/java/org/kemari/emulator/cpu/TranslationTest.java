package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.device.GuestAddressException;
import org.kemari.emulator.mmu.Access;
import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.ram.Ram;

/** Sv39 and Sv48 on page tables made by hand, and data accesses through it. */
class TranslationTest {
    private static final long ROOT = Ram.BASE + 0x1000;
    private static final long MIDDLE = Ram.BASE + 0x2000;
    private static final long LEAVES = Ram.BASE + 0x3000;
    private static final int BARE_RW = 7;
    private static final int A = 64;
    private static final int D = 128;
    private static final int RW = BARE_RW | A | D;
    private static final long N = 1L << 63;

    private final Ram ram = new Ram(1 << 20);
    private final HartState state = new HartState(0);
    private final Mmu mmu = new Mmu(ram, state.trap);
    private final BareBoard devices = new BareBoard(1 << 20, 1);
    private final DataAccess data = new DataAccess(state, ram, mmu, devices);

    @BeforeEach
    void tables() throws GuestAddressException {
        mmu.pmp.open();
        ram.writeLong(ROOT, MIDDLE >> 12 << 10 | 1);
        ram.writeLong(MIDDLE, LEAVES >> 12 << 10 | 1);
        mmu.setSatp(8L << 60 | ROOT >> 12);
        data.setContext(Mmu.SUPERVISOR, false);
    }

    private void map(int page, long physical, int bits) throws GuestAddressException {
        ram.writeLong(LEAVES + 8L * page, physical >> 12 << 10 | bits);
    }

    private void assertTrap(int code, long value, Runnable access) {
        assertThrows(GuestTrap.class, access::run);
        assertEquals(code, state.trap.code());
        assertEquals(value, state.trap.value());
    }

    @Test
    void accessedAndDirtyThatAreNotSetFaultAndStayAsTheyAre() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, BARE_RW);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x1000, () -> data.load(0x1000, 8));
        map(1, Ram.BASE + 0x8000, BARE_RW | A);
        assertEquals(0, data.load(0x1000, 8));
        assertTrap(GuestTrap.STORE_PAGE_FAULT, 0x1008, () -> data.store(0x1008, 8, 1));
        assertEquals(BARE_RW | A, ram.readLong(LEAVES + 8) & 0x3ff);
        map(1, Ram.BASE + 0x8000, RW);
        data.store(0x1008, 8, 1);
    }

    @Test
    void walkerSetsAccessedAndDirtyWhereThatIsOn() throws GuestAddressException {
        mmu.setUpdatesEntries(true);
        map(1, Ram.BASE + 0x8000, BARE_RW);
        data.load(0x1000, 8);
        assertEquals(BARE_RW | A, ram.readLong(LEAVES + 8) & 0x3ff);
        data.store(0x1008, 8, 1);
        assertEquals(RW, ram.readLong(LEAVES + 8) & 0x3ff);
    }

    @Test
    void sixteenPagesOfANapotRangeLieInOneBlockAndOneFlushForgetsThemAll() throws GuestAddressException {
        for (int page = 16; page < 32; page++) {
            ram.writeLong(LEAVES + 8L * page, N | Ram.BASE + 0x48000 >> 12 << 10 | RW);
        }
        ram.writeLong(Ram.BASE + 0x4f008, 15);
        assertEquals(15, data.load(0x1f008, 8));
        data.store(0x10010, 8, 7);
        assertEquals(7, ram.readLong(Ram.BASE + 0x40010));
        assertTrue(mmu.flushPage(0x18000));
        assertFalse(mmu.flushPage(0x18000));
    }

    @Test
    void napotOfAnotherSizeOrInASuperpageOrAPointerFaults() throws GuestAddressException {
        ram.writeLong(LEAVES + 8, N | Ram.BASE + 0x44000 >> 12 << 10 | RW);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x1000, () -> data.load(0x1000, 8));
        ram.writeLong(MIDDLE + 8, N | Ram.BASE + 0x8000 >> 12 << 10 | RW);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x200000, () -> data.load(0x200000, 8));
        ram.writeLong(MIDDLE + 8, N | LEAVES >> 12 << 10 | 1);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x200000, () -> data.load(0x200000, 8));
    }

    @Test
    void fourLevelsOfSv48AndItsCanonicalAddresses() throws GuestAddressException {
        long top = Ram.BASE + 0x4000;
        ram.writeLong(top + 8 * 255, ROOT >> 12 << 10 | 1);
        ram.writeLong(top + 8 * 511, Ram.BASE >>> 39 << 37 | RW); // 512 GiB from 0 on: RAM lies in its third GiB
        mmu.setSatp(9L << 60 | top >> 12);
        map(1, Ram.BASE + 0x8000, RW);
        ram.writeLong(Ram.BASE + 0x8008, 48);
        assertEquals(48, data.load((255L << 39) + 0x1008, 8));
        assertEquals(48, data.load((-1L << 39) + Ram.BASE + 0x8008, 8));
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 1L << 47, () -> data.load(1L << 47, 8));
    }

    @Test
    void loadAcrossPagesFaultsWithTheSecondPagesAddress() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, RW);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x2000, () -> data.load(0x1ffc, 8));
    }

    @Test
    void storeAcrossPagesThatFaultsWritesNothing() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, RW);
        assertTrap(GuestTrap.STORE_PAGE_FAULT, 0x2000, () -> data.store(0x1ffc, 8, -1));
        assertEquals(0, ram.readInt(Ram.BASE + 0x8ffc));
    }

    @Test
    void accessAcrossPagesThatAreNotNeighboursInMemory() throws GuestAddressException {
        map(1, Ram.BASE + 0x9000, RW);
        map(2, Ram.BASE + 0x8000, RW);
        data.store(0x1ffd, 8, 0x1122334455667788L);
        assertEquals(0x1122334455667788L, data.load(0x1ffd, 8));
        assertEquals(0x778800, ram.readInt(Ram.BASE + 0x9ffc) & 0xffff00);
        assertEquals(0x11223344, ram.readInt(Ram.BASE + 0x8001));
    }

    @Test
    void addressesThatAreNotCanonicalFault() {
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 1L << 39, () -> data.load(1L << 39, 8));
    }

    @Test
    void misalignedSuperpageFaults() throws GuestAddressException {
        ram.writeLong(MIDDLE + 8, Ram.BASE + 0x1000 >> 12 << 10 | RW);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x200000, () -> data.load(0x200000, 8));
    }

    @Test
    void reservedBitsAndWritableWithoutReadableFault() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, 5 | A | D);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x1000, () -> data.load(0x1000, 8));
        ram.writeLong(LEAVES + 8, 1L << 60 | Ram.BASE + 0x8000 >> 12 << 10 | RW);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x1000, () -> data.load(0x1000, 8));
    }

    @Test
    void globalBitIsAccepted() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, RW | 32);
        assertEquals(0, data.load(0x1000, 8));
    }

    @Test
    void supervisorReachesUserPagesWithSumOnlyAndNeverExecutesThem() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, 15 | 16 | A | D);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x1000, () -> data.load(0x1000, 8));
        data.setContext(Mmu.SUPERVISOR, true);
        assertEquals(0, data.load(0x1000, 8));
        assertTrap(
                GuestTrap.FETCH_PAGE_FAULT, 0x1000, () -> mmu.translate(0x1000, 2, Access.FETCH, Mmu.SUPERVISOR, true));
    }

    @Test
    void executableIsReadableWithMxrOnly() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, 9 | A);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x1000, () -> data.load(0x1000, 8));
        mmu.setMakeExecutableReadable(true);
        assertEquals(0, data.load(0x1000, 8));
    }

    private void switchTo(int asid) {
        mmu.setSatp(8L << 60 | (long) asid << 44 | ROOT >> 12);
    }

    @Test
    void anotherAddressSpaceKeepsWhatIsGlobalAndForgetsTheRest() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, RW | 32);
        map(2, Ram.BASE + 0x9000, RW);
        ram.writeLong(Ram.BASE + 0x8000, 1);
        ram.writeLong(Ram.BASE + 0x9000, 2);
        switchTo(1);
        assertEquals(1, data.load(0x1000, 8));
        assertEquals(2, data.load(0x2000, 8));
        data.store(0x1008, 8, 1);
        data.store(0x2008, 8, 2);
        map(1, 0, 0);
        map(2, 0, 0);
        switchTo(2);
        assertEquals(1, data.load(0x1000, 8));
        data.store(0x1008, 8, 3);
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x2000, () -> data.load(0x2000, 8));
        assertTrap(GuestTrap.STORE_PAGE_FAULT, 0x2008, () -> data.store(0x2008, 8, 4));
        assertEquals(3, ram.readLong(Ram.BASE + 0x8008));
        mmu.flush();
        assertTrap(GuestTrap.LOAD_PAGE_FAULT, 0x1000, () -> data.load(0x1000, 8));
    }

    @Test
    void pointerWithGlobalBitMakesAllBelowItGlobal() throws GuestAddressException {
        ram.writeLong(MIDDLE, LEAVES >> 12 << 10 | 32 | 1);
        map(1, Ram.BASE + 0x8000, RW);
        switchTo(1);
        data.load(0x1000, 8);
        map(1, 0, 0);
        switchTo(2);
        assertEquals(0, data.load(0x1000, 8));
    }

    @Test
    void bareTranslationForgetsGlobalPagesToo() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, RW | 32);
        data.load(0x1000, 8);
        mmu.setSatp(0);
        assertTrap(GuestTrap.LOAD_ACCESS, 0x1000, () -> data.load(0x1000, 8));
    }

    @Test
    void atomicsMeetWhatLoadsAndStoresDoWhereverTheTlbAnswers() throws GuestAddressException {
        map(1, Ram.BASE + 0x8000, RW);
        for (int round = 0; round < 3; round++) {
            data.store(0x1008, 8, round);
            assertEquals(round, data.loadAtomic(0x1008, 8));
            assertEquals(Ram.BASE + 0x8008, data.atomicPhysical());
            data.openAtomic(0x1008, 8);
            assertEquals(Ram.BASE + 0x8008, data.atomicPhysical());
            assertEquals(round, data.readAtomic(8));
            data.writeAtomic(0x1008, 8, round + 10);
            assertEquals(round + 10, data.load(0x1008, 8));
        }
        assertTrap(GuestTrap.STORE_MISALIGNED, 0x1004, () -> data.openAtomic(0x1004, 8));
        assertTrap(GuestTrap.LOAD_MISALIGNED, 0x1004, () -> data.loadAtomic(0x1004, 8));
        map(1, Ram.BASE + 0x8000, 3 | A);
        mmu.flushPage(0x1000);
        data.loadAtomic(0x1008, 8);
        assertTrap(GuestTrap.STORE_PAGE_FAULT, 0x1008, () -> data.openAtomic(0x1008, 8));
    }
}
