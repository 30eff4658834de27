package org.kemari.emulator.mmu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.kemari.emulator.ram.Ram;

/**
 * Address translation of one hart: Bare, Sv39 and Sv48, with Svnapot. A page whose accessed or dirty bit is not as the
 * access needs it faults (Svade), unless menvcfg.ADUE says that the walker sets it (Svadu). Keeps the TLBs; what is in
 * them is what the walker said, until SFENCE.VMA or a change of MXR, PMP or translation mode; a new root or ASID in satp
 * leaves only what is mapped globally, so TLBs hold one address space and the ASID need not be in their tags.
 */
public final class Mmu {
    public static final int USER = 0;
    public static final int SUPERVISOR = 1;
    public static final int MACHINE = 3;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // PTE bits (privileged 1.13 §11.4.1 and §11.5.1).
    private static final int V = 1;
    private static final int R = 2;
    private static final int W = 4;
    private static final int X = 8;
    private static final int U = 16;
    private static final int G = 32;
    private static final int A = 64;
    private static final int D = 128;
    private static final long PPN_MASK = (1L << 44) - 1;

    private static final int ASID_SHIFT = 44;
    private static final int ASID_MASK = 0xffff;

    /** In a leaf of the last level: one of 16 alike that map 64 KiB (Svnapot, chapter 12). */
    private static final long N = 1L << 63;

    /** PBMT and the reserved bits: their extensions are not here, so a PTE that has one faults. */
    private static final long RESERVED = 0x1ffL << 54;

    private static final long NAPOT_BYTES = 64 << 10;

    private static final long NAPOT_MASK = 15;

    /** What the low four bits of the page number are in a PTE with N: the only size there is. */
    private static final long NAPOT_PATTERN = 8;

    /** Number of memory contexts, each with a TLB of its own: U, S, S with SUM, M. */
    public static final int CONTEXTS = 4;

    private final Ram ram;
    private final GuestTrap trap;
    public final Pmp pmp = new Pmp();
    private final Tlb[] tlbs = new Tlb[CONTEXTS];
    private long satp;
    private long rootPhysical;

    /** Whether what was translated last is mapped alike in every address space. */
    private boolean global = true;

    private boolean paged;

    /** Levels of page tables: 3 in Sv39, 4 in Sv48. */
    private int levels;

    private boolean updatesEntries;
    private boolean makeExecutableReadable;

    /** Addresses that lie in superpages or NAPOT ranges entered since the last full flush: one SFENCE.VMA may concern many entries. */
    private long superpagesFrom = -1;

    private long superpagesTo;

    public Mmu(Ram ram, GuestTrap trap) {
        this.ram = ram;
        this.trap = trap;
        for (int i = 0; i < CONTEXTS; i++) {
            tlbs[i] = new Tlb();
        }
    }

    /** The TLB for data accesses with this effective mode. */
    public Tlb tlb(int mode, boolean sum) {
        return tlbs[mode == SUPERVISOR && sum ? 2 : mode];
    }

    /** The TLB of a context by its number, 0 to {@link #CONTEXTS} less one. */
    public Tlb tlb(int context) {
        return tlbs[context];
    }

    public int contextOf(Tlb tlb) {
        return Arrays.asList(tlbs).indexOf(tlb);
    }

    /** Takes a legal value of satp; true if everything was forgotten, else only what is not mapped globally. */
    public boolean setSatp(long value) {
        boolean modeChanged = value >>> 60 != satp >>> 60;
        satp = value;
        paged = satp >>> 60 != 0;
        levels = (int) (satp >>> 60) - 5;
        rootPhysical = (satp & PPN_MASK) << 12;
        if (modeChanged) {
            flush();
        } else {
            flushLocal();
        }
        return modeChanged;
    }

    /** Whether {@code asid}, of which the low bits count, is the address space that is translated for now. */
    public boolean translates(long asid) {
        return ((satp >>> ASID_SHIFT ^ asid) & ASID_MASK) == 0;
    }

    /** Whether the translation just made is one of every address space; what is not paged is. */
    public boolean global() {
        return global;
    }

    public void setMakeExecutableReadable(boolean value) {
        if (makeExecutableReadable != value) {
            makeExecutableReadable = value;
            flush();
        }
    }

    /** Whether the walker sets accessed and dirty bits. What a TLB holds has them, either way. */
    public void setUpdatesEntries(boolean value) {
        updatesEntries = value;
    }

    public void flush() {
        for (Tlb tlb : tlbs) {
            tlb.flush();
        }
        superpagesFrom = -1;
        superpagesTo = 0;
    }

    /** Forgets what is not mapped globally. */
    public void flushLocal() {
        for (Tlb tlb : tlbs) {
            tlb.flushLocal();
        }
    }

    public void flushStores() {
        for (Tlb tlb : tlbs) {
            tlb.flushStores();
        }
    }

    /** Forgets one address; true if everything had to go because it may lie in a superpage. */
    public boolean flushPage(long address) {
        if (Long.compareUnsigned(address, superpagesFrom) >= 0 && Long.compareUnsigned(address, superpagesTo) < 0) {
            flush();
            return true;
        }
        for (Tlb tlb : tlbs) {
            tlb.flushPage(address);
        }
        return false;
    }

    /**
     * The physical address of one access that does not cross a page, rights checked; sets A and D where that is on.
     *
     * @throws GuestTrap page fault or access fault with {@code address} as its value
     */
    public long translate(long address, int lengthBytes, int access, int mode, boolean sum) {
        long physical = address;
        global = true;
        if (paged && mode != MACHINE) {
            physical = walk(address, access, mode, sum);
        }
        if (!pmp.permits(physical, lengthBytes, access, mode == MACHINE)) {
            throw trap.with(Access.accessFault(access), address);
        }
        return physical;
    }

    private long walk(long address, int access, int mode, boolean sum) {
        int unused = 64 - 12 - 9 * levels;
        if (address << unused >> unused != address) {
            throw trap.with(Access.pageFault(access), address);
        }
        long table = rootPhysical;
        long seen = 0;
        for (int level = levels - 1; level >= 0; level--) {
            int shift = 12 + 9 * level;
            long entryAddress = table + ((address >>> shift & 511) << 3);
            int page = ram.pageOf(entryAddress);
            if (page < 0 || !pmp.permits(entryAddress, 8, Access.LOAD, false)) {
                throw trap.with(Access.accessFault(access), address);
            }
            long entry = (long) LONG.get(ram.page(page), (int) entryAddress & 4095);
            if ((entry & V) == 0 || (entry & (R | W)) == W || (entry & RESERVED) != 0) {
                throw trap.with(Access.pageFault(access), address);
            }
            // A pointer with G makes global what is below it (§11.3.1).
            seen |= entry;
            if ((entry & (R | X)) != 0) {
                global = (seen & G) != 0;
                if (!permitted(entry, access, mode, sum)) {
                    throw trap.with(Access.pageFault(access), address);
                }
                return leaf(entry, entryAddress, level, address, access);
            }
            if ((entry & (A | D | U | N)) != 0) {
                throw trap.with(Access.pageFault(access), address); // reserved in pointers, §11.3.1
            }
            table = (entry >>> 10 & PPN_MASK) << 12;
        }
        throw trap.with(Access.pageFault(access), address);
    }

    /** The physical address that a leaf, which permits the access, gives. */
    private long leaf(long entry, long entryAddress, int level, long address, int access) {
        long number = entry >>> 10 & PPN_MASK;
        long offsetMask = (1L << 12 + 9 * level) - 1;
        if ((entry & N) != 0) {
            if (level > 0 || (number & NAPOT_MASK) != NAPOT_PATTERN) {
                throw trap.with(Access.pageFault(access), address);
            }
            number &= ~NAPOT_MASK;
            offsetMask = NAPOT_BYTES - 1;
        }
        long base = number << 12;
        if ((base & offsetMask) != 0) {
            throw trap.with(Access.pageFault(access), address);
        }
        long wanted = entry | A | (access == Access.STORE ? D : 0);
        if (wanted != entry) {
            if (!updatesEntries) {
                throw trap.with(Access.pageFault(access), address);
            }
            if (!pmp.permits(entryAddress, 8, Access.STORE, false)) {
                throw trap.with(Access.accessFault(access), address);
            }
            int page = ram.pageOf(entryAddress);
            int at = (int) entryAddress & 4095;
            LONG.set(ram.pageForStore(page), at, wanted);
            ram.changed(page, at, at + 8);
        }
        if (offsetMask > 4095) {
            noteSuperpage(address & ~offsetMask, offsetMask + 1);
        }
        return base | address & offsetMask;
    }

    private boolean permitted(long entry, int access, int mode, boolean sum) {
        boolean user = (entry & U) != 0;
        if (mode == USER ? !user : user && (access == Access.FETCH || !sum)) {
            return false;
        }
        if (access == Access.FETCH) {
            return (entry & X) != 0;
        }
        if (access == Access.STORE) {
            return (entry & W) != 0;
        }
        return (entry & R) != 0 || makeExecutableReadable && (entry & X) != 0;
    }

    private void noteSuperpage(long from, long lengthBytes) {
        if (Long.compareUnsigned(from, superpagesFrom) < 0) {
            superpagesFrom = from;
        }
        if (Long.compareUnsigned(from + lengthBytes, superpagesTo) > 0) {
            superpagesTo = from + lengthBytes;
        }
    }

    /** True if a TLB may answer for the whole page of this physical address. */
    public boolean cacheable(long physical, int mode) {
        return pmp.uniform(physical, mode == MACHINE);
    }
}
