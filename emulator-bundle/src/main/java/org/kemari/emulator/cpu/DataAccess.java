package org.kemari.emulator.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.kemari.emulator.mmu.Access;
import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.mmu.Tlb;
import org.kemari.emulator.ram.Ram;

/**
 * Loads and stores in full: what the TLB does not answer at once, translation, devices, page crossings, first stores to a page, stores
 * to pages with decoded code.
 */
final class DataAccess {
    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final HartState state;
    private final Ram ram;
    private final Mmu mmu;
    private final Mmio mmio;

    /** Effective mode and SUM for data, as mstatus has them (MPRV included). */
    private int mode = HartState.MACHINE;

    private boolean sum;

    /** The TLB for that context. */
    private Tlb tlb;

    // The atomic under way: where it lies, and whether its page is one whose stores are looked at.
    private long atomicPhysical;
    private byte[] atomicPage;
    private boolean atomicWatched;

    DataAccess(HartState state, Ram ram, Mmu mmu, Mmio mmio) {
        this.state = state;
        this.ram = ram;
        this.mmu = mmu;
        this.mmio = mmio;
        tlb = mmu.tlb(mode, sum);
    }

    Tlb tlb() {
        return tlb;
    }

    void setContext(int effectiveMode, boolean effectiveSum) {
        mode = effectiveMode;
        sum = effectiveSum;
        tlb = mmu.tlb(mode, sum);
    }

    /** Loads, zero-extended; sets {@link HartState#endBlock} if a device answered. */
    long load(long address, int size) {
        if (((int) address & 4095) + size > 4096) {
            return loadAcrossPages(address, size);
        }
        int index = (int) (address >>> 12) & Tlb.MASK;
        if (tlb.loadTag[index] == (address & -4096L)) {
            return get(tlb.loadPage[index], (int) address & 4095, size);
        }
        long physical = mmu.translate(address, size, Access.LOAD, mode, sum);
        int page = ram.pageOf(physical);
        if (page < 0) {
            return loadDevice(address, physical, size);
        }
        byte[] content = ram.page(page);
        if (mmu.cacheable(physical, mode)) {
            tlb.enterLoad(address, content, physical, mmu.global());
        }
        return get(content, (int) physical & 4095, size);
    }

    void store(long address, int size, long value) {
        if (((int) address & 4095) + size > 4096) {
            storeAcrossPages(address, size, value);
            return;
        }
        int index = (int) (address >>> 12) & Tlb.MASK;
        if (tlb.storeTag[index] == (address & -4096L)) {
            put(tlb.storePage[index], (int) address & 4095, size, value);
            return;
        }
        long physical = mmu.translate(address, size, Access.STORE, mode, sum);
        int page = ram.pageOf(physical);
        if (page < 0) {
            storeDevice(address, physical, size, value);
            return;
        }
        byte[] content = ram.pageForStore(page);
        int at = (int) physical & 4095;
        put(content, at, size, value);
        if (ram.holdsCode(page)) {
            state.endBlock |= ram.changed(page, at, at + size);
        }
        if (!ram.holdsCode(page) && mmu.cacheable(physical, mode)) {
            tlb.enterStore(address, content, physical, mmu.global());
        }
    }

    /** What LR reads at {@code address}, zero-extended; {@link #atomicPhysical} tells where it lies. */
    long loadAtomic(long address, int size) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        int at = (int) address & 4095;
        if (tlb.loadTag[index] == (address & (-4096L | size - 1))) {
            atomicPhysical = tlb.loadPhysical[index] | at;
            return get(tlb.loadPage[index], at, size);
        }
        long physical = translateAtomic(address, size, Access.LOAD);
        byte[] content = ram.page(ram.pageOf(physical));
        if (mmu.cacheable(physical, mode)) {
            tlb.enterLoad(address, content, physical, mmu.global());
        }
        atomicPhysical = physical;
        return get(content, at, size);
    }

    /**
     * Makes {@code address} ready to be read and written at once by an atomic; {@link #atomicPhysical} tells where it
     * lies. Only RAM has atomics.
     */
    void openAtomic(long address, int size) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        if (tlb.storeTag[index] == (address & (-4096L | size - 1))) {
            atomicPhysical = tlb.storePhysical[index] | address & 4095;
            atomicPage = tlb.storePage[index];
            atomicWatched = false;
            return;
        }
        long physical = translateAtomic(address, size, Access.STORE);
        int page = ram.pageOf(physical);
        atomicPhysical = physical;
        atomicPage = ram.page(page);
        atomicWatched = true;
    }

    /** Physical address of the last atomic. */
    long atomicPhysical() {
        return atomicPhysical;
    }

    /** What the opened atomic finds, zero-extended. */
    long readAtomic(int size) {
        return get(atomicPage, (int) atomicPhysical & 4095, size);
    }

    /** Writes what the opened atomic, at {@code address}, leaves. */
    void writeAtomic(long address, int size, long value) {
        if (!atomicWatched) {
            put(atomicPage, (int) atomicPhysical & 4095, size, value);
            return;
        }
        storePhysical(atomicPhysical, size, value);
        int page = ram.pageOf(atomicPhysical);
        if (!ram.holdsCode(page) && mmu.cacheable(atomicPhysical, mode)) {
            tlb.enterStore(address, ram.page(page), atomicPhysical, mmu.global());
        }
    }

    private long translateAtomic(long address, int size, int access) {
        if ((address & size - 1) != 0) {
            int code = access == Access.LOAD ? GuestTrap.LOAD_MISALIGNED : GuestTrap.STORE_MISALIGNED;
            throw state.trap.with(code, address);
        }
        long physical = mmu.translate(address, size, access, mode, sum);
        if (ram.pageOf(physical) < 0) {
            throw state.trap.with(Access.accessFault(access), address);
        }
        return physical;
    }

    private void storePhysical(long physical, int size, long value) {
        int page = ram.pageOf(physical);
        int at = (int) physical & 4095;
        put(ram.pageForStore(page), at, size, value);
        state.endBlock |= ram.changed(page, at, at + size);
    }

    /** Zeros the cache block around an address. */
    void zeroBlock(long address) {
        long physical = translateBlock(address, Access.STORE);
        int page = ram.pageOf(physical);
        if (page < 0) {
            throw state.trap.with(Access.accessFault(Access.STORE), address);
        }
        int at = (int) physical & 4095;
        Arrays.fill(ram.pageForStore(page), at, at + Hart.CACHE_BLOCK_BYTES, (byte) 0);
        state.endBlock |= ram.changed(page, at, at + Hart.CACHE_BLOCK_BYTES);
    }

    /** Faults, as a store does, unless the cache block around an address may be loaded. */
    void checkBlock(long address) {
        translateBlock(address, Access.LOAD);
    }

    private long translateBlock(long address, int access) {
        try {
            return mmu.translate(address & -Hart.CACHE_BLOCK_BYTES, Hart.CACHE_BLOCK_BYTES, access, mode, sum);
        } catch (GuestTrap trap) {
            boolean pageFault = trap.code() == Access.pageFault(access);
            throw trap.with(pageFault ? Access.pageFault(Access.STORE) : Access.accessFault(Access.STORE), address);
        }
    }

    private long loadDevice(long address, long physical, int size) {
        if ((physical & size - 1) == 0) {
            try {
                state.endBlock = true;
                long value = mmio.read(physical, size);
                return size == 8 ? value : value & (1L << 8 * size) - 1;
            } catch (BusFault fault) {
                state.endBlock = false;
            }
        }
        throw state.trap.with(Access.accessFault(Access.LOAD), address);
    }

    private void storeDevice(long address, long physical, int size, long value) {
        if ((physical & size - 1) == 0) {
            try {
                state.endBlock = true;
                mmio.write(physical, size, size == 8 ? value : value & (1L << 8 * size) - 1);
                return;
            } catch (BusFault fault) {
                state.endBlock = false;
            }
        }
        throw state.trap.with(Access.accessFault(Access.STORE), address);
    }

    private long loadAcrossPages(long address, int size) {
        long second = (address | 4095) + 1;
        int firstSize = (int) (second - address);
        long firstPhysical = mmu.translate(address, firstSize, Access.LOAD, mode, sum);
        long secondPhysical = mmu.translate(second, size - firstSize, Access.LOAD, mode, sum);
        requireRam(firstPhysical, address, Access.LOAD);
        requireRam(secondPhysical, second, Access.LOAD);
        long value = 0;
        for (int i = 0; i < size; i++) {
            long physical = i < firstSize ? firstPhysical + i : secondPhysical + i - firstSize;
            value |= (ram.page(ram.pageOf(physical))[(int) physical & 4095] & 0xffL) << 8 * i;
        }
        return value;
    }

    private void storeAcrossPages(long address, int size, long value) {
        long second = (address | 4095) + 1;
        int firstSize = (int) (second - address);
        // Both halves are translated before either is written: a fault leaves memory as it was.
        long firstPhysical = mmu.translate(address, firstSize, Access.STORE, mode, sum);
        long secondPhysical = mmu.translate(second, size - firstSize, Access.STORE, mode, sum);
        requireRam(firstPhysical, address, Access.STORE);
        requireRam(secondPhysical, second, Access.STORE);
        for (int i = 0; i < size; i++) {
            long physical = i < firstSize ? firstPhysical + i : secondPhysical + i - firstSize;
            storePhysical(physical, 1, value >>> 8 * i);
        }
    }

    private void requireRam(long physical, long address, int access) {
        if (ram.pageOf(physical) < 0) {
            throw state.trap.with(Access.accessFault(access), address);
        }
    }

    private static long get(byte[] content, int at, int size) {
        return switch (size) {
            case 1 -> content[at] & 0xffL;
            case 2 -> (short) SHORT.get(content, at) & 0xffffL;
            case 4 -> (int) INT.get(content, at) & 0xffff_ffffL;
            default -> (long) LONG.get(content, at);
        };
    }

    private static void put(byte[] content, int at, int size, long value) {
        switch (size) {
            case 1 -> content[at] = (byte) value;
            case 2 -> SHORT.set(content, at, (short) value);
            case 4 -> INT.set(content, at, (int) value);
            default -> LONG.set(content, at, value);
        }
    }
}
