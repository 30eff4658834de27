package org.kemari.emulator.cpu;

import java.util.Arrays;
import java.util.List;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.ram.RamObserver;

/** One RV64GC hart. Machine thread only. */
public final class Hart {
    /** What Zicboz and Zicbom work on. */
    public static final int CACHE_BLOCK_BYTES = 64;

    /** Translated code counts what is left in an int. */
    private static final long MAX_RUN = 1 << 30;

    private final HartState state;
    private final Ram ram;
    private final Mmu mmu;
    private final CsrFile csrs;
    private final DataAccess data;
    private final BlockCache blocks;
    private final HotCode hot;
    private final ForetoldCode foretold;
    private final RegionRunner regions;
    private final Interpreter interpreter;

    /** Instructions executed by this object; those of the hart begin anew with a reset, and come with a restored state. */
    private long executedHere;

    public Hart(int id, int hartCount, Ram ram, Mmio mmio, HartEnvironment environment) {
        if (id < 0 || id >= hartCount) {
            throw new IllegalArgumentException("hart=" + id + " of " + hartCount + "; use 0 to " + (hartCount - 1));
        }
        this.ram = ram;
        state = new HartState(id);
        mmu = new Mmu(ram, state.trap);
        csrs = new CsrFile(this, state, mmu, environment);
        data = new DataAccess(state, ram, mmu, mmio);
        blocks = new BlockCache(state, ram, mmu);
        Traps traps = new Traps(state, csrs, ram);
        RareInstructions rare = new RareInstructions(this, state, csrs, traps, data, ram, environment);
        RegionRuntime runtime = new RegionRuntime(state, csrs, rare);
        hot = new HotCode(ram, blocks, runtime);
        blocks.attach(hot);
        foretold = new ForetoldCode(ram, mmu, state, runtime, hot);
        hot.attach(foretold);
        regions = new RegionRunner(state, blocks, runtime, traps);
        interpreter = new Interpreter(state, data, blocks, rare, traps, hot, foretold, regions);
        ram.addObserver(new Watch());
    }

    /** Has hot code translated from now on; which code is, and when, changes nothing that the guest can see. */
    public void translateWith(CodeTranslator translator) {
        hot.translateWith(translator);
    }

    public TierCounters tierCounters() {
        return hot.counters(executedHere, regions.translatedInstructions());
    }

    /** Where the translated code begins that is entered most often, the first most often. Between runs. */
    public List<HotPlace> hottest(int max) {
        return hot.hottest(max, mmu);
    }

    /**
     * Has translated what is hot in a hart elsewhere that executes the same guest, so that this one begins warm. Before
     * the first run; RAM holds that guest's code.
     *
     * @throws IllegalArgumentException if a place is none
     */
    public void foretell(List<HotPlace> places) {
        for (HotPlace place : places) {
            boolean inPage = place.entry() >= 0 && place.entry() < Ram.PAGE_BYTES && (place.entry() & 1) == 0;
            if (place.page() < 0
                    || place.page() >= ram.pageCount()
                    || !inPage
                    || place.context() < 0
                    || place.context() >= Mmu.CONTEXTS) {
                throw new IllegalArgumentException("there is no " + place + " in " + ram.pageCount() + " pages");
            }
        }
        foretold.foretell(places);
    }

    /**
     * Executes some of that dry, for about this long, and forgets TLBs; returns for how long then to rest, 0 if there is
     * none for now. Before the first run.
     */
    public long rehearse(long nanos) {
        return foretold.rehearse(nanos);
    }

    /** Translated regions that are in place. */
    int regionCount() {
        return hot.regionCount();
    }

    /** What RAM tells this hart's caches. */
    private final class Watch implements RamObserver {
        @Override
        public void storesWatched() {
            mmu.flushStores();
        }

        @Override
        public void pageReplaced() {
            mmu.flush();
        }

        @Override
        public void codeChanged(int page) {
            blocks.dropPage(page);
        }
    }

    public int id() {
        return state.id;
    }

    /**
     * Back to reset; x10 and x11 hold {@code a0} and {@code a1}. Started below M-mode, the hart finds what firmware
     * leaves there: traps and interrupts delegated, counters and all of memory open, Sstc on.
     */
    public void reset(long pc, PrivilegeMode mode, long a0, long a1) {
        Arrays.fill(state.x, 0);
        Arrays.fill(state.f, 0);
        state.x[10] = a0;
        state.x[11] = a1;
        state.pc = pc;
        state.mode = mode.code();
        state.waiting = false;
        state.stopRequested = false;
        state.attention = true;
        state.executed = 0;
        state.trapped = 0;
        state.endBlock = false;
        ram.dropReservation(state.id);
        csrs.reset();
        if (mode != PrivilegeMode.MACHINE) {
            csrs.prepareSupervisor();
        }
        flushTlb();
        contextChanged();
    }

    /**
     * Executes until {@code maxInstructions} were executed (retired or trapped), at most 2^30 at a time, or the hart
     * waits in WFI, or {@link #requestStop} was called; returns how many were.
     */
    public long run(long maxInstructions) {
        return run(maxInstructions, 0);
    }

    /** The same, but the run may end {@code slack} instructions early, if where it gets to by then is as good an end. */
    public long run(long maxInstructions, int slack) {
        long before = state.executed;
        if (state.waiting && (csrs.mip() & csrs.mie) == 0 || maxInstructions <= 0) {
            return 0;
        }
        ram.dropForeignReservation(state.id);
        state.stopRequested = false;
        interpreter.execute(Math.min(maxInstructions, MAX_RUN), slack);
        if (state.stopRequested) {
            state.stopRequested = false;
            state.attention = true;
        }
        long done = state.executed - before;
        executedHere += done;
        return done;
    }

    /** Ends the current run after the current instruction; for callbacks during {@link #run}. */
    public void requestStop() {
        state.stopRequested = true;
        state.attention = true;
    }

    /** True while the hart stands in WFI and no interrupt that mie enables is pending. */
    public boolean waiting() {
        return state.waiting && (csrs.mip() & csrs.mie) == 0;
    }

    /** All instructions executed since reset; exact in callbacks during {@link #run}, the current one not counted. */
    public long instructions() {
        return state.instructions();
    }

    public long x(int index) {
        return state.x[index];
    }

    public void setX(int index, long value) {
        if (index != 0) {
            state.x[index] = value;
        }
    }

    /** Address of the next instruction; between runs only. */
    public long pc() {
        return state.pc;
    }

    public PrivilegeMode mode() {
        return PrivilegeMode.of(state.mode);
    }

    /** Drives one bit of mip: SSIP 1, MSIP 3, STIP 5, MTIP 7, SEIP 9, MEIP 11. The guest may clear SSIP itself. */
    public void setInterrupt(int mipBit, boolean level) {
        int bit = 1 << mipBit;
        if (bit == Csr.SSIP) {
            csrs.software = level ? csrs.software | bit : csrs.software & ~bit;
        } else {
            csrs.lines = level ? csrs.lines | bit : csrs.lines & ~bit;
        }
        state.attention = true;
    }

    public long stimecmp() {
        return csrs.stimecmp;
    }

    /** menvcfg.STCE: stimecmp drives STIP. */
    public boolean sstcEnabled() {
        return csrs.sstcEnabled();
    }

    /** Forgets every translation, as after an SFENCE.VMA of all addresses. */
    public void flushTlb() {
        mmu.flush();
        blocks.flushTranslations();
    }

    /** satp was written. */
    void addressSpaceChanged() {
        if (mmu.setSatp(csrs.satp)) {
            blocks.flushTranslations();
        } else {
            blocks.flushLocal();
        }
    }

    boolean inAddressSpace(long asid) {
        return mmu.translates(asid);
    }

    /** Forgets what the current address space does not share with others. */
    void flushAddressSpace() {
        mmu.flushLocal();
        blocks.flushLocal();
    }

    void flushTlbPage(long address) {
        if (mmu.flushPage(address)) {
            blocks.flushTranslations();
        } else {
            blocks.flushPage(address);
        }
    }

    /** Mode, or a field of mstatus that says how data is accessed, changed. */
    void contextChanged() {
        long status = csrs.mstatus;
        int mode = (status & Csr.MPRV) != 0 ? (int) (status >>> Csr.MPP_SHIFT) & 3 : state.mode;
        data.setContext(mode, (status & Csr.SUM) != 0);
        interpreter.contextChanged();
    }

    int rawAt(long pc) {
        return blocks.rawAt(pc);
    }

    public void save(StateWriter out) {
        HartSnapshot.save(out, state, csrs, mmu, ram);
    }

    /** Reads back what {@link #save} wrote and forgets TLBs; nothing changes if it throws. */
    public void restore(StateReader in) throws StateFormatException {
        HartSnapshot.read(in).apply(state, csrs, mmu, ram);
        mmu.setSatp(csrs.satp);
        mmu.setMakeExecutableReadable((csrs.mstatus & Csr.MXR) != 0);
        mmu.setUpdatesEntries((csrs.menvcfg & Csr.ADUE) != 0);
        mmu.flush();
        blocks.clear();
        contextChanged();
    }
}
