package org.kemari.emulator.cpu;

import java.util.Arrays;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.mmu.Pmp;
import org.kemari.emulator.ram.Ram;

/** A hart's saved state, read and checked in whole before any of it is put in place. */
final class HartSnapshot {
    /** CSRs in the order of the saved array; new ones go to the end. */
    private static final int CSR_COUNT = 31;

    private long[] x;
    private long[] f;
    private long[] csr;
    private long[] pmp;

    private HartSnapshot() {}

    static void save(StateWriter out, HartState state, CsrFile csrs, Mmu mmu, Ram ram) {
        long[] x = Arrays.copyOf(state.x, 32);
        out.putLongs("x", x);
        out.putLongs("f", state.f);
        out.putLongs("csr", new long[] {
            state.pc,
            state.mode,
            state.waiting ? 1 : 0,
            state.executed,
            state.trapped,
            ram.holdsReservation(state.id) ? 1 : 0,
            ram.holdsReservation(state.id) ? ram.reservationAddress() : 0,
            csrs.mstatus,
            csrs.medeleg,
            csrs.mideleg,
            csrs.mie,
            csrs.lines,
            csrs.software,
            csrs.mtvec,
            csrs.mscratch,
            csrs.mepc,
            csrs.mcause,
            csrs.mtval,
            csrs.stvec,
            csrs.sscratch,
            csrs.sepc,
            csrs.scause,
            csrs.stval,
            csrs.satp,
            csrs.mcounteren | csrs.scounteren << 32,
            csrs.menvcfg,
            csrs.senvcfg,
            csrs.stimecmp,
            csrs.fflags | csrs.frm << 5 | csrs.countInhibit << 32,
            csrs.cycleOffset,
            csrs.instretOffset
        });
        out.putLongs("pmp", mmu.pmp.save());
    }

    static HartSnapshot read(StateReader in) throws StateFormatException {
        HartSnapshot snapshot = new HartSnapshot();
        snapshot.x = longs(in, "x", 32);
        snapshot.f = longs(in, "f", 32);
        snapshot.csr = longs(in, "csr", CSR_COUNT);
        snapshot.pmp = longs(in, "pmp", 2 * Pmp.ENTRIES);
        if (snapshot.csr[1] != 0 && snapshot.csr[1] != 1 && snapshot.csr[1] != 3) {
            throw new StateFormatException("hart mode=" + snapshot.csr[1] + " is none; the state is damaged");
        }
        return snapshot;
    }

    private static long[] longs(StateReader in, String name, int count) throws StateFormatException {
        long[] values = in.getLongs(name);
        if (values.length != count) {
            throw new StateFormatException("hart " + name + " has " + values.length + " values instead of " + count
                    + "; the state is damaged");
        }
        return values;
    }

    void apply(HartState state, CsrFile csrs, Mmu mmu, Ram ram) {
        System.arraycopy(x, 0, state.x, 0, 32);
        System.arraycopy(f, 0, state.f, 0, 32);
        state.pc = csr[0];
        state.mode = (int) csr[1];
        state.waiting = csr[2] != 0;
        state.executed = csr[3];
        state.trapped = csr[4];
        state.endBlock = false;
        state.stopRequested = false;
        state.attention = true;
        ram.dropReservation(state.id);
        if (csr[5] != 0) {
            ram.reserve(state.id, csr[6]);
        }
        csrs.mstatus = csr[7];
        csrs.medeleg = csr[8];
        csrs.mideleg = (int) csr[9];
        csrs.mie = (int) csr[10];
        csrs.lines = (int) csr[11];
        csrs.software = (int) csr[12];
        csrs.mtvec = csr[13];
        csrs.mscratch = csr[14];
        csrs.mepc = csr[15];
        csrs.mcause = csr[16];
        csrs.mtval = csr[17];
        csrs.stvec = csr[18];
        csrs.sscratch = csr[19];
        csrs.sepc = csr[20];
        csrs.scause = csr[21];
        csrs.stval = csr[22];
        csrs.satp = csr[23];
        csrs.mcounteren = (int) csr[24];
        csrs.scounteren = csr[24] >>> 32;
        csrs.menvcfg = csr[25];
        csrs.senvcfg = csr[26];
        csrs.stimecmp = csr[27];
        csrs.fflags = (int) csr[28] & 31;
        csrs.frm = (int) csr[28] >>> 5 & 7;
        csrs.countInhibit = csr[28] >>> 32;
        csrs.cycleOffset = csr[29];
        csrs.instretOffset = csr[30];
        mmu.pmp.restore(pmp);
    }
}
