package org.kemari.emulator.cpu;

import org.kemari.emulator.fpu.Rounding;
import org.kemari.emulator.mmu.Mmu;

/** The control and status registers: rights, legal values, and what a write brings about. */
final class CsrFile {
    private static final long MSTATUS_WRITABLE = Csr.SIE_BIT
            | Csr.MIE_BIT
            | Csr.SPIE
            | Csr.MPIE
            | Csr.SPP
            | Csr.FS
            | Csr.MPRV
            | Csr.SUM
            | Csr.MXR
            | Csr.TVM
            | Csr.TW
            | Csr.TSR;
    private static final long SSTATUS_WRITABLE = Csr.SIE_BIT | Csr.SPIE | Csr.SPP | Csr.FS | Csr.SUM | Csr.MXR;
    private static final long SSTATUS_READABLE = SSTATUS_WRITABLE | 3L << 32;

    /** RV64 with A, C, D, F, I, M, S and U; nothing can be switched off. */
    private static final long MISA_VALUE = 2L << 62
            | 1 << ('A' - 'A')
            | 1 << ('C' - 'A')
            | 1 << ('D' - 'A')
            | 1 << ('F' - 'A')
            | 1 << ('I' - 'A')
            | 1 << ('M' - 'A')
            | 1 << ('S' - 'A')
            | 1 << ('U' - 'A');

    private static final long MEDELEG_WRITABLE = 0xb3ff;
    private static final int SUPERVISOR_INTERRUPTS = Csr.SSIP | Csr.STIP | Csr.SEIP;
    private static final int ALL_INTERRUPTS = SUPERVISOR_INTERRUPTS | Csr.MSIP | Csr.MTIP | Csr.MEIP;
    private static final long COUNTERS = 7;
    private static final int TM = 2;
    private static final long INHIBIT_CYCLE = 1;
    private static final long INHIBIT_INSTRET = 4;
    private static final long SENVCFG_WRITABLE = Csr.FIOM | Csr.CBIE | Csr.CBCFE | Csr.CBZE;
    private static final long MENVCFG_WRITABLE = SENVCFG_WRITABLE | Csr.ADUE | Csr.STCE;
    private static final long SV39 = 8;
    private static final long SV48 = 9;

    private final Hart hart;
    private final HartState state;
    private final Mmu mmu;
    private final HartEnvironment environment;

    long mstatus;
    long medeleg;
    int mideleg;
    int mie;

    /** Levels of the lines from outside. */
    int lines;

    /** Bits of mip that software set: SSIP, STIP, SEIP. */
    int software;

    long mtvec;
    long mscratch;
    long mepc;
    long mcause;
    long mtval;
    long stvec;
    long sscratch;
    long sepc;
    long scause;
    long stval;
    long satp;
    long mcounteren;
    long scounteren;
    long menvcfg;
    long senvcfg;
    long stimecmp;
    int fflags;
    int frm;

    /** What is added to the instruction count; the frozen value itself while mcountinhibit holds the counter. */
    long cycleOffset;

    long instretOffset;
    long countInhibit;

    CsrFile(Hart hart, HartState state, Mmu mmu, HartEnvironment environment) {
        this.hart = hart;
        this.state = state;
        this.mmu = mmu;
        this.environment = environment;
    }

    void reset() {
        mstatus = 0;
        medeleg = mtvec = mscratch = mepc = mcause = mtval = 0;
        mideleg = mie = lines = software = fflags = frm = 0;
        stvec = sscratch = sepc = scause = stval = satp = 0;
        mcounteren = scounteren = menvcfg = senvcfg = 0;
        stimecmp = -1;
        cycleOffset = instretOffset = countInhibit = 0;
        mmu.pmp.reset();
        mmu.setSatp(0);
        mmu.setMakeExecutableReadable(false);
        mmu.setUpdatesEntries(false);
    }

    /** What firmware sets up before it enters S-mode. */
    void prepareSupervisor() {
        medeleg = MEDELEG_WRITABLE & ~(1L << 9);
        mideleg = SUPERVISOR_INTERRUPTS;
        mcounteren = scounteren = COUNTERS;
        menvcfg = Csr.STCE | Csr.CBIE | Csr.CBCFE | Csr.CBZE;
        mmu.pmp.open();
    }

    int mip() {
        return lines | software & ((menvcfg & Csr.STCE) != 0 ? ~Csr.STIP : -1);
    }

    boolean floatOff() {
        return (mstatus & Csr.FS) == 0;
    }

    /** No floating-point instruction traps, and none changes mstatus. */
    boolean floatUsableAndDirty() {
        return (mstatus & Csr.FS) == Csr.FS && frm <= Rounding.NEAREST_MAX_MAGNITUDE;
    }

    void markFloatDirty() {
        mstatus |= Csr.FS;
    }

    private long statusWithSummary() {
        return mstatus | Csr.UXL_64 | Csr.SXL_64 | ((mstatus & Csr.FS) == Csr.FS ? Csr.SD : 0);
    }

    /** True if the current mode may access this CSR that way, as far as the number and mstatus say. */
    boolean accessible(int number, boolean write) {
        if (state.mode < (number >>> 8 & 3) || write && number >>> 10 == 3) {
            return false;
        }
        if (number <= Csr.FCSR) {
            return number >= Csr.FFLAGS && !floatOff();
        }
        if (number >= Csr.CYCLE && number <= Csr.HPMCOUNTER31) {
            long bit = 1L << (number & 31);
            return (state.mode == HartState.MACHINE || (mcounteren & bit) != 0)
                    && (state.mode != HartState.USER || (scounteren & bit) != 0);
        }
        if (number == Csr.SATP) {
            return state.mode != HartState.SUPERVISOR || (mstatus & Csr.TVM) == 0;
        }
        if (number == Csr.STIMECMP) {
            return state.mode == HartState.MACHINE || (mcounteren & TM) != 0 && sstcEnabled();
        }
        return exists(number);
    }

    private static boolean exists(int number) {
        return switch (number) {
            case Csr.SSTATUS,
                    Csr.SIE,
                    Csr.STVEC,
                    Csr.SCOUNTEREN,
                    Csr.SENVCFG,
                    Csr.SSCRATCH,
                    Csr.SEPC,
                    Csr.SCAUSE,
                    Csr.STVAL,
                    Csr.SIP,
                    Csr.MSTATUS,
                    Csr.MISA,
                    Csr.MEDELEG,
                    Csr.MIDELEG,
                    Csr.MIE,
                    Csr.MTVEC,
                    Csr.MCOUNTEREN,
                    Csr.MENVCFG,
                    Csr.MCOUNTINHIBIT,
                    Csr.MSCRATCH,
                    Csr.MEPC,
                    Csr.MCAUSE,
                    Csr.MTVAL,
                    Csr.MIP,
                    Csr.PMPCFG0,
                    Csr.PMPCFG2,
                    Csr.TSELECT,
                    Csr.TDATA1,
                    Csr.TDATA2,
                    Csr.TDATA3,
                    Csr.TINFO,
                    Csr.MCYCLE,
                    Csr.MINSTRET,
                    Csr.MVENDORID,
                    Csr.MARCHID,
                    Csr.MIMPID,
                    Csr.MHARTID,
                    Csr.MCONFIGPTR -> true;
            default ->
                number >= Csr.MHPMEVENT3 && number <= Csr.MHPMEVENT31
                        || number >= Csr.MHPMCOUNTER3 && number <= Csr.MHPMCOUNTER31
                        || number >= Csr.PMPADDR0 && number <= Csr.PMPADDR15;
        };
    }

    boolean sstcEnabled() {
        return (menvcfg & Csr.STCE) != 0;
    }

    long cycle() {
        return (countInhibit & INHIBIT_CYCLE) != 0 ? cycleOffset : state.instructions() + cycleOffset;
    }

    long instret() {
        return (countInhibit & INHIBIT_INSTRET) != 0 ? instretOffset : retired() + instretOffset;
    }

    private long retired() {
        return state.instructions() - state.trapped;
    }

    /** Reads an accessible CSR. */
    long read(int number) {
        if (number >= Csr.PMPADDR0 && number <= Csr.PMPADDR15) {
            return mmu.pmp.readAddress(number - Csr.PMPADDR0);
        }
        return switch (number) {
            case Csr.FFLAGS -> fflags;
            case Csr.FRM -> frm;
            case Csr.FCSR -> frm << 5 | fflags;
            case Csr.CYCLE, Csr.MCYCLE -> cycle();
            case Csr.TIME -> environment.time(hart);
            case Csr.INSTRET, Csr.MINSTRET -> instret();
            case Csr.SSTATUS -> statusWithSummary() & (SSTATUS_READABLE | Csr.SD);
            case Csr.SIE -> mie & mideleg;
            case Csr.STVEC -> stvec;
            case Csr.SCOUNTEREN -> scounteren;
            case Csr.SENVCFG -> senvcfg;
            case Csr.SSCRATCH -> sscratch;
            case Csr.SEPC -> sepc;
            case Csr.SCAUSE -> scause;
            case Csr.STVAL -> stval;
            case Csr.SIP -> mip() & mideleg;
            case Csr.STIMECMP -> stimecmp;
            case Csr.SATP -> satp;
            case Csr.MSTATUS -> statusWithSummary();
            case Csr.MISA -> MISA_VALUE;
            case Csr.MEDELEG -> medeleg;
            case Csr.MIDELEG -> mideleg;
            case Csr.MIE -> mie;
            case Csr.MTVEC -> mtvec;
            case Csr.MCOUNTEREN -> mcounteren;
            case Csr.MENVCFG -> menvcfg;
            case Csr.MCOUNTINHIBIT -> countInhibit;
            case Csr.MSCRATCH -> mscratch;
            case Csr.MEPC -> mepc;
            case Csr.MCAUSE -> mcause;
            case Csr.MTVAL -> mtval;
            case Csr.MIP -> mip();
            case Csr.PMPCFG0 -> mmu.pmp.readConfig(0);
            case Csr.PMPCFG2 -> mmu.pmp.readConfig(8);
            case Csr.MHARTID -> state.id;
            default -> 0; // identification, event counters, triggers: none here
        };
    }

    /**
     * What a read-modify-write of mip starts from: SEIP from outside must not become a bit of software's (privileged
     * 1.13 §3.1.9).
     */
    long readForModify(int number, long read) {
        return number == Csr.MIP ? read & ~(long) Csr.SEIP | software & Csr.SEIP : read;
    }

    /** Writes an accessible CSR, making the value legal. */
    void write(int number, long value) {
        if (number >= Csr.PMPADDR0 && number <= Csr.PMPADDR15) {
            mmu.pmp.writeAddress(number - Csr.PMPADDR0, value);
            hart.flushTlb();
            return;
        }
        switch (number) {
            case Csr.FFLAGS -> {
                fflags = (int) value & 31;
                markFloatDirty();
            }
            case Csr.FRM -> {
                frm = (int) value & 7;
                markFloatDirty();
            }
            case Csr.FCSR -> {
                fflags = (int) value & 31;
                frm = (int) value >>> 5 & 7;
                markFloatDirty();
            }
            case Csr.SSTATUS -> setStatus(mstatus & ~SSTATUS_WRITABLE | value & SSTATUS_WRITABLE);
            case Csr.SIE -> mie = mie & ~mideleg | (int) value & mideleg;
            case Csr.STVEC -> stvec = vector(value);
            case Csr.SCOUNTEREN -> scounteren = value & COUNTERS;
            case Csr.SENVCFG -> senvcfg = environmentConfiguration(senvcfg, value) & SENVCFG_WRITABLE;
            case Csr.SSCRATCH -> sscratch = value;
            case Csr.SEPC -> sepc = value & ~1L;
            case Csr.SCAUSE -> scause = value;
            case Csr.STVAL -> stval = value;
            case Csr.SIP -> {
                int writable = Csr.SSIP & mideleg;
                software = software & ~writable | (int) value & writable;
            }
            case Csr.STIMECMP -> {
                stimecmp = value;
                environment.timerCompareWritten(hart);
            }
            case Csr.SATP -> writeSatp(value);
            case Csr.MSTATUS -> writeMachineStatus(value);
            case Csr.MEDELEG -> medeleg = value & MEDELEG_WRITABLE;
            case Csr.MIDELEG -> mideleg = (int) value & SUPERVISOR_INTERRUPTS;
            case Csr.MIE -> mie = (int) value & ALL_INTERRUPTS;
            case Csr.MTVEC -> mtvec = vector(value);
            case Csr.MCOUNTEREN -> mcounteren = value & COUNTERS;
            case Csr.MENVCFG -> {
                menvcfg = environmentConfiguration(menvcfg, value) & MENVCFG_WRITABLE;
                mmu.setUpdatesEntries((menvcfg & Csr.ADUE) != 0);
                environment.timerCompareWritten(hart);
            }
            case Csr.MCOUNTINHIBIT -> writeInhibit(value);
            case Csr.MSCRATCH -> mscratch = value;
            case Csr.MEPC -> mepc = value & ~1L;
            case Csr.MCAUSE -> mcause = value;
            case Csr.MTVAL -> mtval = value;
            case Csr.MIP -> {
                int writable = SUPERVISOR_INTERRUPTS;
                software = software & ~writable | (int) value & writable;
            }
            case Csr.PMPCFG0, Csr.PMPCFG2 -> {
                mmu.pmp.writeConfig(number == Csr.PMPCFG0 ? 0 : 8, value);
                hart.flushTlb();
            }
            // A counter written is read back unchanged by the next instruction: this one does not count.
            case Csr.MCYCLE ->
                cycleOffset = (countInhibit & INHIBIT_CYCLE) != 0 ? value : value - state.instructions() - 1;
            case Csr.MINSTRET -> instretOffset = (countInhibit & INHIBIT_INSTRET) != 0 ? value : value - retired() - 1;
            default -> {} // read-only by its nature: the write has no effect
        }
    }

    private static long environmentConfiguration(long old, long value) {
        // CBIE=2 is reserved: the field keeps what it has.
        return (value & Csr.CBIE) == 2 << 4 ? value & ~Csr.CBIE | old & Csr.CBIE : value;
    }

    /** True if the current mode may execute the cache-block operations that this field of the xenvcfg governs. */
    boolean cacheBlocksEnabled(long field) {
        return (state.mode == HartState.MACHINE || (menvcfg & field) != 0)
                && (state.mode != HartState.USER || (senvcfg & field) != 0);
    }

    private static long vector(long value) {
        return (value & 3) > 1 ? value & ~3L : value & ~2L;
    }

    private void writeMachineStatus(long value) {
        long writable = MSTATUS_WRITABLE;
        if ((value & Csr.MPP) >>> Csr.MPP_SHIFT != 2) {
            writable |= Csr.MPP; // 2 is no mode: the field keeps what it has
        }
        setStatus(mstatus & ~writable | value & writable);
    }

    void setStatus(long value) {
        mstatus = value;
        mmu.setMakeExecutableReadable((value & Csr.MXR) != 0);
        hart.contextChanged();
    }

    private void writeSatp(long value) {
        long mode = value >>> 60;
        if (mode != 0 && mode != SV39 && mode != SV48) {
            return; // an unsupported mode leaves satp as it was (privileged 1.13 §11.1.11)
        }
        satp = mode == 0 ? 0 : value;
        hart.addressSpaceChanged();
    }

    private void writeInhibit(long value) {
        long cycle = cycle();
        long instret = instret();
        countInhibit = value & (INHIBIT_CYCLE | INHIBIT_INSTRET);
        cycleOffset = (countInhibit & INHIBIT_CYCLE) != 0 ? cycle : cycle - state.instructions();
        instretOffset = (countInhibit & INHIBIT_INSTRET) != 0 ? instret : instret - retired();
    }
}
