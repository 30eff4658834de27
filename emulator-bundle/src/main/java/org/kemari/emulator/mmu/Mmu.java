package org.kemari.emulator.mmu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.kemari.emulator.ram.Ram;

/**
 * Address translation of one hart: Bare and Sv39 with accessed and dirty bits set by the walker, as QEMU does. Keeps
 * the TLBs; what is in them is what the walker said, until SFENCE.VMA or a change of satp, MXR or PMP.
 */
public final class Mmu {
    public static final int USER = 0;
    public static final int SUPERVISOR = 1;
    public static final int MACHINE = 3;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Sv39 PTE bits (privileged 1.13 §11.4.1).
    private static final int V = 1;
    private static final int R = 2;
    private static final int W = 4;
    private static final int X = 8;
    private static final int U = 16;
    private static final int A = 64;
    private static final int D = 128;
    private static final long PPN_MASK = (1L << 44) - 1;

    /** N, PBMT and the reserved bits: none of their extensions is here, so a PTE that has one faults. */
    private static final long RESERVED = 0x3ffL << 54;

    /** Contexts: U, S, S with SUM, M. */
    private static final int CONTEXTS = 4;

    private final Ram ram;
    private final GuestTrap trap;
    public final Pmp pmp = new Pmp();
    private final Tlb[] tlbs = new Tlb[CONTEXTS];
    private long rootPhysical;
    private boolean paged;
    private boolean makeExecutableReadable;

    /** Addresses that lie in superpages entered since the last full flush: one SFENCE.VMA may concern many entries. */
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

    public void setSatp(long satp) {
        paged = satp >>> 60 == 8;
        rootPhysical = (satp & PPN_MASK) << 12;
        flush();
    }

    public void setMakeExecutableReadable(boolean value) {
        if (makeExecutableReadable != value) {
            makeExecutableReadable = value;
            flush();
        }
    }

    public void flush() {
        for (Tlb tlb : tlbs) {
            tlb.flush();
        }
        superpagesFrom = -1;
        superpagesTo = 0;
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
     * The physical address of one access that does not cross a page, rights checked; sets A and D.
     *
     * @throws GuestTrap page fault or access fault with {@code address} as its value
     */
    public long translate(long address, int lengthBytes, int access, int mode, boolean sum) {
        long physical = address;
        if (paged && mode != MACHINE) {
            physical = walk(address, access, mode, sum);
        }
        if (!pmp.permits(physical, lengthBytes, access, mode == MACHINE)) {
            throw trap.with(Access.accessFault(access), address);
        }
        return physical;
    }

    private long walk(long address, int access, int mode, boolean sum) {
        if (address << 25 >> 25 != address) {
            throw trap.with(Access.pageFault(access), address);
        }
        long table = rootPhysical;
        for (int level = 2; level >= 0; level--) {
            int shift = 12 + 9 * level;
            long entryAddress = table + ((address >>> shift & 511) << 3);
            int page = ram.pageOf(entryAddress);
            if (page < 0 || !pmp.permits(entryAddress, 8, Access.LOAD, false)) {
                throw trap.with(Access.accessFault(access), address);
            }
            int at = (int) entryAddress & 4095;
            long entry = (long) LONG.get(ram.page(page), at);
            if ((entry & V) == 0 || (entry & (R | W)) == W || (entry & RESERVED) != 0) {
                throw trap.with(Access.pageFault(access), address);
            }
            if ((entry & (R | X)) == 0) {
                if ((entry & (A | D | U)) != 0) {
                    throw trap.with(Access.pageFault(access), address); // reserved in pointers, §11.3.1
                }
                table = (entry >>> 10 & PPN_MASK) << 12;
                continue;
            }
            long offsetMask = (1L << shift) - 1;
            long base = (entry >>> 10 & PPN_MASK) << 12;
            if ((base & offsetMask) != 0 || !permitted(entry, access, mode, sum)) {
                throw trap.with(Access.pageFault(access), address);
            }
            long wanted = entry | A | (access == Access.STORE ? D : 0);
            if (wanted != entry) {
                if (!pmp.permits(entryAddress, 8, Access.STORE, false)) {
                    throw trap.with(Access.accessFault(access), address);
                }
                LONG.set(ram.pageForStore(page), at, wanted);
                ram.changed(page, at, at + 8);
            }
            if (level > 0) {
                noteSuperpage(address & ~offsetMask, offsetMask + 1);
            }
            return base | address & offsetMask;
        }
        throw trap.with(Access.pageFault(access), address);
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
