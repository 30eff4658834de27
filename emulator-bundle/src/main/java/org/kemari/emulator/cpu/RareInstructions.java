package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.ram.Ram;

/** Instructions that the interpreter's switch does not know: system, atomic, cache blocks, the way to floating point. */
final class RareInstructions {
    private final Hart hart;
    private final HartState state;
    private final CsrFile csrs;
    private final Traps traps;
    private final DataAccess data;
    private final Ram ram;
    private final HartEnvironment environment;
    private final FloatInstructions floats;

    RareInstructions(
            Hart hart,
            HartState state,
            CsrFile csrs,
            Traps traps,
            DataAccess data,
            Ram ram,
            HartEnvironment environment) {
        this.hart = hart;
        this.state = state;
        this.csrs = csrs;
        this.traps = traps;
        this.data = data;
        this.ram = ram;
        this.environment = environment;
        this.floats = new FloatInstructions(state, csrs, data);
    }

    /** An instruction that goes on with the next one. */
    void execute(long word, long pc, int lengthBytes) {
        int raw = (int) (word >> 32);
        int opcode = raw & 0x7f;
        if (opcode == 0x2f) {
            long value = atomic(raw, state.x[raw >>> 15 & 31], state.x[raw >>> 20 & 31]);
            state.x[Op.rd(word)] = value;
        } else if (opcode == 0x0f) {
            cacheBlock(raw);
        } else if (opcode == 0x17) {
            state.x[Op.rd(word)] = pc + (raw & 0xfffff000);
        } else if (!floats.execute(raw)) {
            throw illegal(lengthBytes == 2 ? hart.rawAt(pc) : raw);
        }
    }

    private GuestTrap illegal(int raw) {
        return state.trap.with(GuestTrap.ILLEGAL_INSTRUCTION, raw & 0xffff_ffffL);
    }

    /** An instruction that ends its block; returns where to go on. */
    long system(int raw, long pc) {
        int funct3 = raw >>> 12 & 7;
        if ((raw & 0x7f) == 0x0f) {
            return pc + 4; // FENCE.I: decoded code follows memory at once anyway
        }
        if (funct3 == 4) {
            throw illegal(raw);
        }
        if (funct3 != 0) {
            long old = csr(raw, state.x[raw >>> 15 & 31]);
            int rd = raw >>> 7 & 31;
            if (rd != 0) {
                state.x[rd] = old;
            }
            return pc + 4;
        }
        return privileged(raw, pc);
    }

    /**
     * A CSR instruction; {@code source} is what rs1 holds, which the immediate forms do not look at. Returns what rd takes,
     * if it is not x0.
     */
    long csr(int raw, long source) {
        int funct3 = raw >>> 12 & 7;
        int number = raw >>> 20;
        int rd = raw >>> 7 & 31;
        int rs1 = raw >>> 15 & 31;
        boolean swap = (funct3 & 3) == 1;
        boolean write = swap || rs1 != 0;
        if (!csrs.accessible(number, write)) {
            throw illegal(raw);
        }
        long operand = funct3 >= 4 ? rs1 : source;
        long old = swap && rd == 0 ? 0 : csrs.read(number);
        if (write) {
            long from = csrs.readForModify(number, old);
            csrs.write(number, swap ? operand : (funct3 & 3) == 2 ? from | operand : from & ~operand);
            // What a handler keeps in these makes no interrupt deliverable.
            state.attention |= number < Csr.SSCRATCH || number > Csr.STVAL;
        }
        return old;
    }

    private long privileged(int raw, long pc) {
        switch (raw) {
            case 0x0000_0073: // ECALL
                if (state.mode == HartState.SUPERVISOR && environment.supervisorCall(hart)) {
                    state.attention = true;
                    return pc + 4;
                }
                // Not thrown: it is every system call's way, and nothing is undone by it.
                state.trap.with(GuestTrap.ECALL_FROM_USER + state.mode, 0);
                traps.take(pc, state.executed + 1);
                return state.pc;
            case 0x0010_0073: // EBREAK
                throw state.trap.with(GuestTrap.BREAKPOINT, pc);
            case 0x3020_0073: // MRET
                if (state.mode != HartState.MACHINE) {
                    throw illegal(raw);
                }
                return traps.returnFromMachine();
            case 0x1020_0073: // SRET
                if (state.mode == HartState.USER
                        || state.mode == HartState.SUPERVISOR && (csrs.mstatus & Csr.TSR) != 0) {
                    throw illegal(raw);
                }
                return traps.returnFromSupervisor();
            case 0x1050_0073: // WFI
                if (state.mode == HartState.USER
                        || state.mode == HartState.SUPERVISOR && (csrs.mstatus & Csr.TW) != 0) {
                    throw illegal(raw);
                }
                state.waiting = true;
                state.attention = true;
                return pc + 4;
            default:
                if (raw >>> 25 == 9 && (raw >>> 7 & 31) == 0) {
                    fenceVirtual(raw);
                    return pc + 4;
                }
                throw illegal(raw);
        }
    }

    /** SFENCE.VMA */
    private void fenceVirtual(int raw) {
        if (state.mode == HartState.USER || state.mode == HartState.SUPERVISOR && (csrs.mstatus & Csr.TVM) != 0) {
            throw illegal(raw);
        }
        int rs1 = raw >>> 15 & 31;
        int rs2 = raw >>> 20 & 31;
        if (rs2 != 0 && !hart.inAddressSpace(state.x[rs2])) {
            return; // Nothing is kept of an address space that is not the current one.
        }
        if (rs1 != 0) {
            hart.flushTlbPage(state.x[rs1]);
        } else if (rs2 != 0) {
            hart.flushAddressSpace();
        } else {
            hart.flushTlb();
        }
    }

    /**
     * Zicboz and Zicbom (unprivileged specification, chapter 19). There are no caches that could differ from memory: to
     * clean, flush or invalidate a block is to check that it may be accessed.
     */
    private void cacheBlock(int raw) {
        int operation = raw >>> 20;
        long field = operation == 4 ? Csr.CBZE : operation == 0 ? Csr.CBIE : Csr.CBCFE;
        if (!csrs.cacheBlocksEnabled(field)) {
            throw illegal(raw);
        }
        long address = state.x[raw >>> 15 & 31];
        if (operation == 4) {
            data.zeroBlock(address);
        } else {
            data.checkBlock(address);
        }
    }

    /** Computes a floating-point instruction; false if it is illegal. */
    boolean floating(int raw) {
        return floats.execute(raw);
    }

    /** LR, SC or AMO of {@code x[rs2]} at the address in {@code x[rs1]}; gives the value for rd. */
    long atomic(int raw, long address, long source) {
        int funct3 = raw >>> 12 & 7;
        if (funct3 != 2 && funct3 != 3) {
            throw illegal(raw);
        }
        int size = funct3 == 2 ? 4 : 8;
        int which = raw >>> 27;
        if (which == 2 && (raw >>> 20 & 31) == 0) {
            long value = data.loadAtomic(address, size);
            ram.reserve(state.id, data.atomicPhysical());
            return extend(value, size);
        } else if (which == 3) {
            data.openAtomic(address, size);
            boolean success = ram.reserved(state.id, data.atomicPhysical());
            ram.dropReservation(state.id);
            if (success) {
                data.writeAtomic(address, size, source);
            }
            return success ? 0 : 1;
        } else {
            if (which != 0 && which != 1 && (which & 3) != 0) {
                throw illegal(raw);
            }
            long operand = extend(source, size);
            data.openAtomic(address, size);
            long old = extend(data.readAtomic(size), size);
            data.writeAtomic(address, size, combine(which, old, operand, size));
            return old;
        }
    }

    private static long extend(long value, int size) {
        return size == 4 ? (int) value : value;
    }

    private long combine(int which, long old, long operand, int size) {
        // Both are sign-extended, which keeps the order of unsigned words too.
        return switch (which) {
            case 0 -> old + operand;
            case 1 -> operand;
            case 4 -> old ^ operand;
            case 8 -> old | operand;
            case 12 -> old & operand;
            case 16 -> Math.min(old, operand);
            case 20 -> Math.max(old, operand);
            case 24 -> Long.compareUnsigned(old, operand) <= 0 ? old : operand;
            default -> Long.compareUnsigned(old, operand) >= 0 ? old : operand;
        };
    }
}
