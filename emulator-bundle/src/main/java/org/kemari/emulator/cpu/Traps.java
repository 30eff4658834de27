package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.ram.Ram;

/** Taking traps and returning from them (privileged 1.13 §3.1.6 to §3.1.9). */
final class Traps {
    /** Interrupts in the order in which they are taken (§3.1.9). */
    private static final int[] PRIORITY = {11, 3, 7, 9, 1, 5};

    private static final long INTERRUPT = 1L << 63;

    private final HartState state;
    private final CsrFile csrs;
    private final Ram ram;

    Traps(HartState state, CsrFile csrs, Ram ram) {
        this.state = state;
        this.csrs = csrs;
        this.ram = ram;
    }

    /** Between two blocks with {@link HartState#attention} up; false if the hart waits. */
    boolean attend() {
        int pending = csrs.mip() & csrs.mie;
        if (state.waiting) {
            if (pending == 0) {
                return false;
            }
            state.waiting = false;
        }
        state.attention = false;
        if (pending != 0) {
            takeInterrupt(pending);
        }
        return true;
    }

    private void takeInterrupt(int pending) {
        boolean machineEnabled = state.mode < HartState.MACHINE || (csrs.mstatus & Csr.MIE_BIT) != 0;
        boolean supervisorEnabled = state.mode < HartState.SUPERVISOR
                || state.mode == HartState.SUPERVISOR && (csrs.mstatus & Csr.SIE_BIT) != 0;
        int forMachine = machineEnabled ? pending & ~csrs.mideleg : 0;
        int forSupervisor = supervisorEnabled ? pending & csrs.mideleg : 0;
        int chosen = forMachine != 0 ? forMachine : forSupervisor;
        if (chosen == 0) {
            return;
        }
        for (int bit : PRIORITY) {
            if ((chosen & 1 << bit) != 0) {
                enter(state.pc, INTERRUPT | bit, 0, forMachine == 0);
                return;
            }
        }
    }

    /**
     * Takes the exception that {@link HartState#trap} holds, of the instruction at {@code pc}.
     *
     * @param executed what the hart has executed with that instruction
     */
    void take(long pc, long executed) {
        state.executed = executed;
        state.trapped++;
        state.endBlock = false;
        GuestTrap trap = state.trap;
        boolean delegated = state.mode <= HartState.SUPERVISOR && (csrs.medeleg >>> trap.code() & 1) != 0;
        enter(pc, trap.code(), trap.value(), delegated);
    }

    private void enter(long pc, long cause, long value, boolean supervisor) {
        // Whoever switches contexts does so in a handler: no SC may then succeed on another context's LR.
        ram.dropReservation(state.id);
        long status = csrs.mstatus;
        long vector;
        if (supervisor) {
            csrs.sepc = pc;
            csrs.scause = cause;
            csrs.stval = value;
            long spie = (status & Csr.SIE_BIT) != 0 ? Csr.SPIE : 0;
            long spp = state.mode == HartState.USER ? 0 : Csr.SPP;
            status = status & ~(Csr.SIE_BIT | Csr.SPIE | Csr.SPP) | spie | spp;
            state.mode = HartState.SUPERVISOR;
            vector = csrs.stvec;
        } else {
            csrs.mepc = pc;
            csrs.mcause = cause;
            csrs.mtval = value;
            long mpie = (status & Csr.MIE_BIT) != 0 ? Csr.MPIE : 0;
            status = status & ~(Csr.MIE_BIT | Csr.MPIE | Csr.MPP) | mpie | (long) state.mode << Csr.MPP_SHIFT;
            state.mode = HartState.MACHINE;
            vector = csrs.mtvec;
        }
        boolean vectored = (vector & 1) != 0 && cause < 0;
        state.pc = (vector & ~3L) + (vectored ? 4 * (cause & 63) : 0);
        state.attention = true;
        csrs.setStatus(status);
    }

    /** MRET; returns where to go on. */
    long returnFromMachine() {
        long status = csrs.mstatus;
        int mode = (int) (status >>> Csr.MPP_SHIFT) & 3;
        long mie = (status & Csr.MPIE) != 0 ? Csr.MIE_BIT : 0;
        status = status & ~(Csr.MIE_BIT | Csr.MPP) | Csr.MPIE | mie;
        if (mode != HartState.MACHINE) {
            status &= ~Csr.MPRV;
        }
        return returnTo(mode, status, csrs.mepc);
    }

    /** SRET; returns where to go on. */
    long returnFromSupervisor() {
        long status = csrs.mstatus;
        int mode = (status & Csr.SPP) != 0 ? HartState.SUPERVISOR : HartState.USER;
        long sie = (status & Csr.SPIE) != 0 ? Csr.SIE_BIT : 0;
        status = status & ~(Csr.SIE_BIT | Csr.SPP | Csr.MPRV) | Csr.SPIE | sie;
        return returnTo(mode, status, csrs.sepc);
    }

    private long returnTo(int mode, long status, long pc) {
        ram.dropReservation(state.id);
        state.mode = mode;
        state.attention = true;
        csrs.setStatus(status);
        return pc;
    }
}
