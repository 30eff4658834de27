package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.mmu.Tlb;

/**
 * Runs decoded blocks. An interrupt becomes deliverable only where guest state says so: through a CSR write, a device
 * access or an ecall, each of which ends its block, or between two runs. So the check between blocks, made only when
 * {@link HartState#attention} is up, takes every interrupt at the same instruction, wherever blocks were entered and
 * however runs were cut.
 *
 * <p>{@link #execute} must stay below 8,000 bytes of bytecode: HotSpot leaves bigger methods uncompiled for ever.
 */
final class Interpreter {
    private final HartState state;
    private final long[] x;
    private final DataAccess data;
    private final BlockCache blocks;
    private final RareInstructions rare;
    private final Traps traps;
    private final BlockEnd blockEnd = new BlockEnd();

    // The current context's tables, kept here to be one load away.
    private long[] loadTag;
    private byte[][] loadPage;
    private long[] storeTag;
    private byte[][] storePage;
    private long[] frontTag;
    private Block[] front;

    Interpreter(HartState state, DataAccess data, BlockCache blocks, RareInstructions rare, Traps traps) {
        this.state = state;
        this.x = state.x;
        this.data = data;
        this.blocks = blocks;
        this.rare = rare;
        this.traps = traps;
        contextChanged();
    }

    /** Mode, SUM or MPRV changed. */
    void contextChanged() {
        Tlb tlb = data.tlb();
        loadTag = tlb.loadTag;
        loadPage = tlb.loadPage;
        storeTag = tlb.storeTag;
        storePage = tlb.storePage;
        frontTag = blocks.frontTags(state.mode);
        front = blocks.front(state.mode);
    }

    /** Executes up to {@code max} instructions; fewer if the hart waits or was told to stop. */
    void execute(long max) {
        final HartState state = this.state;
        final long[] x = this.x;
        long end = state.executed + max;
        while (state.executed < end) {
            if (state.attention && !attend()) {
                return;
            }
            long pc = state.pc;
            int slot = (int) (pc >>> 1) & BlockCache.FRONT_MASK;
            Block block;
            if (frontTag[slot] == pc) {
                block = front[slot];
            } else {
                block = find(pc);
                if (block == null) {
                    continue;
                }
            }
            long[] code = block.code;
            int count = code.length;
            long next = pc + block.lengthBytes;
            if (count > end - state.executed) {
                count = (int) (end - state.executed);
                next = pc + block.offset[count];
            }
            int i = 0;
            try {
                do {
                    long word = code[i];
                    int fields = (int) word;
                    long a = x[fields >>> 14 & 63];
                    long b = x[fields >>> 20 & 63];
                    int rd = fields >>> 8 & 63;
                    long imm = word >> 32;
                    switch (fields & 0xff) {
                        case Op.RARE -> rare(word, pc, block, i);
                        case Op.SYSTEM -> next = system(word, pc, block, i);
                        case Op.ILLEGAL -> illegal(imm);
                        case Op.LI -> x[rd] = imm;
                        case Op.AUIPC -> x[rd] = pc + imm;
                        case Op.JAL -> {
                            x[rd] = next;
                            next = pc + imm;
                        }
                        case Op.JALR -> {
                            x[rd] = next;
                            next = a + imm & ~1L;
                        }
                        case Op.BEQ -> {
                            if (a == b) {
                                next = pc + imm;
                            }
                        }
                        case Op.BNE -> {
                            if (a != b) {
                                next = pc + imm;
                            }
                        }
                        case Op.BLT -> {
                            if (a < b) {
                                next = pc + imm;
                            }
                        }
                        case Op.BGE -> {
                            if (a >= b) {
                                next = pc + imm;
                            }
                        }
                        case Op.BLTU -> {
                            if (a + Long.MIN_VALUE < b + Long.MIN_VALUE) {
                                next = pc + imm;
                            }
                        }
                        case Op.BGEU -> {
                            if (a + Long.MIN_VALUE >= b + Long.MIN_VALUE) {
                                next = pc + imm;
                            }
                        }
                        case Op.LB -> x[rd] = (byte) load1(a + imm, i);
                        case Op.LH -> x[rd] = (short) load2(a + imm, i);
                        case Op.LW -> x[rd] = (int) load4(a + imm, i);
                        case Op.LD -> x[rd] = load8(a + imm, i);
                        case Op.LBU -> x[rd] = load1(a + imm, i) & 0xff;
                        case Op.LHU -> x[rd] = load2(a + imm, i) & 0xffff;
                        case Op.LWU -> x[rd] = load4(a + imm, i) & 0xffff_ffffL;
                        case Op.SB -> store1(a + imm, b, i);
                        case Op.SH -> store2(a + imm, b, i);
                        case Op.SW -> store4(a + imm, b, i);
                        case Op.SD -> store8(a + imm, b, i);
                        case Op.ADDI -> x[rd] = a + imm;
                        case Op.SLTI -> x[rd] = a < imm ? 1 : 0;
                        case Op.SLTIU -> x[rd] = a + Long.MIN_VALUE < imm + Long.MIN_VALUE ? 1 : 0;
                        case Op.XORI -> x[rd] = a ^ imm;
                        case Op.ORI -> x[rd] = a | imm;
                        case Op.ANDI -> x[rd] = a & imm;
                        case Op.SLLI -> x[rd] = a << imm;
                        case Op.SRLI -> x[rd] = a >>> imm;
                        case Op.SRAI -> x[rd] = a >> imm;
                        case Op.ADDIW -> x[rd] = (int) (a + imm);
                        case Op.SLLIW -> x[rd] = (int) a << imm;
                        case Op.SRLIW -> x[rd] = (int) a >>> imm;
                        case Op.SRAIW -> x[rd] = (int) a >> imm;
                        case Op.ADD -> x[rd] = a + b;
                        case Op.SUB -> x[rd] = a - b;
                        case Op.SLL -> x[rd] = a << b;
                        case Op.SLT -> x[rd] = a < b ? 1 : 0;
                        case Op.SLTU -> x[rd] = a + Long.MIN_VALUE < b + Long.MIN_VALUE ? 1 : 0;
                        case Op.XOR -> x[rd] = a ^ b;
                        case Op.SRL -> x[rd] = a >>> b;
                        case Op.SRA -> x[rd] = a >> b;
                        case Op.OR -> x[rd] = a | b;
                        case Op.AND -> x[rd] = a & b;
                        case Op.ADDW -> x[rd] = (int) (a + b);
                        case Op.SUBW -> x[rd] = (int) (a - b);
                        case Op.SLLW -> x[rd] = (int) a << b;
                        case Op.SRLW -> x[rd] = (int) a >>> b;
                        case Op.SRAW -> x[rd] = (int) a >> b;
                        case Op.MUL -> x[rd] = a * b;
                        case Op.MULH -> x[rd] = Math.multiplyHigh(a, b);
                        case Op.MULHSU -> x[rd] = Math.multiplyHigh(a, b) + (b >> 63 & a);
                        case Op.MULHU -> x[rd] = Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
                        case Op.DIV -> x[rd] = Division.signed(a, b);
                        case Op.DIVU -> x[rd] = Division.unsigned(a, b);
                        case Op.REM -> x[rd] = Division.signedRest(a, b);
                        case Op.REMU -> x[rd] = Division.unsignedRest(a, b);
                        case Op.MULW -> x[rd] = (int) (a * b);
                        case Op.DIVW -> x[rd] = Division.signed((int) a, (int) b);
                        case Op.DIVUW -> x[rd] = Division.unsigned((int) a, (int) b);
                        case Op.REMW -> x[rd] = Division.signedRest((int) a, (int) b);
                        case Op.REMUW -> x[rd] = Division.unsignedRest((int) a, (int) b);
                        default -> {} // NOP
                    }
                } while (++i < count);
                state.executed += i;
                state.pc = next;
            } catch (BlockEnd stop) {
                if (stop.load) {
                    finishLoad(code[i], stop.value);
                }
                state.executed += i + 1;
                state.pc = pc + block.offset[i + 1];
            } catch (GuestTrap trap) {
                trapped(pc + block.offset[i], i);
            }
        }
    }

    /** Interrupts, stop, WFI; false if the run is over. */
    private boolean attend() {
        state.position = 0;
        if (state.stopRequested) {
            return false;
        }
        return traps.attend();
    }

    /** Finds or decodes; null if fetching trapped, which counts as an instruction. */
    private Block find(long pc) {
        state.position = 0;
        try {
            return blocks.find(pc);
        } catch (GuestTrap trap) {
            trapped(pc, 0);
            return null;
        }
    }

    private void trapped(long pc, int position) {
        state.executed += position + 1;
        state.position = 0;
        state.trapped++;
        state.endBlock = false;
        traps.take(pc);
    }

    private void rare(long word, long pc, Block block, int position) {
        state.position = position;
        rare.execute(word, pc + block.offset[position], block.offset[position + 1] - block.offset[position]);
        if (state.endBlock) {
            state.endBlock = false;
            state.position = 0;
            throw blockEnd.plain();
        }
        state.position = 0;
    }

    private long system(long word, long pc, Block block, int position) {
        state.position = position;
        long next = rare.system((int) (word >> 32), pc + block.offset[position]);
        state.endBlock = false;
        state.position = 0;
        return next;
    }

    private void illegal(long raw) {
        long value = (raw & 3) == 3 ? raw & 0xffff_ffffL : raw & 0xffff;
        throw state.trap.with(GuestTrap.ILLEGAL_INSTRUCTION, value);
    }

    private void finishLoad(long word, long value) {
        int rd = Op.rd(word);
        switch (Op.op(word)) {
            case Op.LB -> x[rd] = (byte) value;
            case Op.LH -> x[rd] = (short) value;
            case Op.LW -> x[rd] = (int) value;
            default -> x[rd] = value; // came zero-extended
        }
    }

    private long loadSlowly(long address, int size, int position) {
        state.position = position;
        long value = data.load(address, size);
        state.position = 0;
        if (state.endBlock) {
            state.endBlock = false;
            throw blockEnd.withLoaded(value);
        }
        return value;
    }

    private void storeSlowly(long address, int size, long value, int position) {
        state.position = position;
        data.store(address, size, value);
        state.position = 0;
        if (state.endBlock) {
            state.endBlock = false;
            throw blockEnd.plain();
        }
    }

    private long load1(long address, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        if (loadTag[index] == address >>> 12) {
            return loadPage[index][(int) address & 4095];
        }
        return loadSlowly(address, 1, position);
    }

    private long load2(long address, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        int at = (int) address & 4095;
        if (loadTag[index] == address >>> 12 && at <= 4094) {
            return (short) DataAccess.SHORT.get(loadPage[index], at);
        }
        return loadSlowly(address, 2, position);
    }

    private long load4(long address, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        int at = (int) address & 4095;
        if (loadTag[index] == address >>> 12 && at <= 4092) {
            return (int) DataAccess.INT.get(loadPage[index], at);
        }
        return loadSlowly(address, 4, position);
    }

    private long load8(long address, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        int at = (int) address & 4095;
        if (loadTag[index] == address >>> 12 && at <= 4088) {
            return (long) DataAccess.LONG.get(loadPage[index], at);
        }
        return loadSlowly(address, 8, position);
    }

    private void store1(long address, long value, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        if (storeTag[index] == address >>> 12) {
            storePage[index][(int) address & 4095] = (byte) value;
        } else {
            storeSlowly(address, 1, value, position);
        }
    }

    private void store2(long address, long value, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        int at = (int) address & 4095;
        if (storeTag[index] == address >>> 12 && at <= 4094) {
            DataAccess.SHORT.set(storePage[index], at, (short) value);
        } else {
            storeSlowly(address, 2, value, position);
        }
    }

    private void store4(long address, long value, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        int at = (int) address & 4095;
        if (storeTag[index] == address >>> 12 && at <= 4092) {
            DataAccess.INT.set(storePage[index], at, (int) value);
        } else {
            storeSlowly(address, 4, value, position);
        }
    }

    private void store8(long address, long value, int position) {
        int index = (int) (address >>> 12) & Tlb.MASK;
        int at = (int) address & 4095;
        if (storeTag[index] == address >>> 12 && at <= 4088) {
            DataAccess.LONG.set(storePage[index], at, value);
        } else {
            storeSlowly(address, 8, value, position);
        }
    }
}
