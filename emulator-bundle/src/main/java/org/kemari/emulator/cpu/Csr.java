package org.kemari.emulator.cpu;

/** CSR numbers (privileged 1.13 §2.2) and the fields that more than one class needs. */
final class Csr {
    static final int FFLAGS = 0x001;
    static final int FRM = 0x002;
    static final int FCSR = 0x003;
    static final int CYCLE = 0xc00;
    static final int TIME = 0xc01;
    static final int INSTRET = 0xc02;
    static final int HPMCOUNTER31 = 0xc1f;
    static final int SSTATUS = 0x100;
    static final int SIE = 0x104;
    static final int STVEC = 0x105;
    static final int SCOUNTEREN = 0x106;
    static final int SENVCFG = 0x10a;
    static final int SSCRATCH = 0x140;
    static final int SEPC = 0x141;
    static final int SCAUSE = 0x142;
    static final int STVAL = 0x143;
    static final int SIP = 0x144;
    static final int STIMECMP = 0x14d;
    static final int SATP = 0x180;
    static final int MSTATUS = 0x300;
    static final int MISA = 0x301;
    static final int MEDELEG = 0x302;
    static final int MIDELEG = 0x303;
    static final int MIE = 0x304;
    static final int MTVEC = 0x305;
    static final int MCOUNTEREN = 0x306;
    static final int MENVCFG = 0x30a;
    static final int MCOUNTINHIBIT = 0x320;
    static final int MHPMEVENT3 = 0x323;
    static final int MHPMEVENT31 = 0x33f;
    static final int MSCRATCH = 0x340;
    static final int MEPC = 0x341;
    static final int MCAUSE = 0x342;
    static final int MTVAL = 0x343;
    static final int MIP = 0x344;
    static final int PMPCFG0 = 0x3a0;
    static final int PMPCFG2 = 0x3a2;
    static final int PMPADDR0 = 0x3b0;
    static final int PMPADDR15 = 0x3bf;
    static final int TSELECT = 0x7a0;
    static final int TDATA1 = 0x7a1;
    static final int TDATA2 = 0x7a2;
    static final int TDATA3 = 0x7a3;
    static final int TINFO = 0x7a4;
    static final int MCYCLE = 0xb00;
    static final int MINSTRET = 0xb02;
    static final int MHPMCOUNTER3 = 0xb03;
    static final int MHPMCOUNTER31 = 0xb1f;
    static final int MVENDORID = 0xf11;
    static final int MARCHID = 0xf12;
    static final int MIMPID = 0xf13;
    static final int MHARTID = 0xf14;
    static final int MCONFIGPTR = 0xf15;

    // mstatus fields.
    static final long SIE_BIT = 1L << 1;
    static final long MIE_BIT = 1L << 3;
    static final long SPIE = 1L << 5;
    static final long MPIE = 1L << 7;
    static final long SPP = 1L << 8;
    static final long MPP = 3L << 11;
    static final int MPP_SHIFT = 11;
    static final long FS = 3L << 13;
    static final long MPRV = 1L << 17;
    static final long SUM = 1L << 18;
    static final long MXR = 1L << 19;
    static final long TVM = 1L << 20;
    static final long TW = 1L << 21;
    static final long TSR = 1L << 22;
    static final long UXL_64 = 2L << 32;
    static final long SXL_64 = 2L << 34;
    static final long SD = 1L << 63;

    // Bits of mip and mie.
    static final int SSIP = 1 << 1;
    static final int MSIP = 1 << 3;
    static final int STIP = 1 << 5;
    static final int MTIP = 1 << 7;
    static final int SEIP = 1 << 9;
    static final int MEIP = 1 << 11;

    // menvcfg and, but for the last two, senvcfg fields (privileged 1.13 §3.1.18).
    static final long FIOM = 1;
    static final long CBIE = 3 << 4;
    static final long CBCFE = 1 << 6;
    static final long CBZE = 1 << 7;
    static final long ADUE = 1L << 61;
    static final long STCE = 1L << 63;

    private Csr() {}
}
