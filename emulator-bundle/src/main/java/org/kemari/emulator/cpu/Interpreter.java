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
    /** Access size by operation, for the slow path. */
    private static final byte[] SIZE = new byte[Op.NOP + 1];

    static {
        SIZE[Op.LB] = SIZE[Op.LBU] = SIZE[Op.SB] = 1;
        SIZE[Op.LH] = SIZE[Op.LHU] = SIZE[Op.SH] = 2;
        SIZE[Op.LW] = SIZE[Op.LWU] = SIZE[Op.SW] = 4;
        SIZE[Op.LD] = SIZE[Op.SD] = 8;
    }

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
        // A new array each time: its length is then a constant to the compiler, which drops three checks an
        // instruction.
        final long[] x = new long[HartState.REGISTERS];
        System.arraycopy(state.x, 0, x, 0, HartState.REGISTERS);
        state.x = x;
        long end = state.executed + max;
        long left = max;
        long pc = state.pc;
        while (left > 0) {
            if (state.attention) {
                state.pc = pc;
                state.executed = end - left;
                if (!attend()) {
                    return;
                }
                pc = state.pc;
            }
            int slot = (int) (pc >>> 1) & BlockCache.FRONT_MASK;
            Block block;
            if (frontTag[slot] == pc) {
                block = front[slot];
            } else {
                block = find(pc, end - left);
                if (block == null) {
                    left--;
                    pc = state.pc;
                    continue;
                }
            }
            long[] code = block.code;
            int count = code.length;
            long next = pc + block.lengthBytes;
            if (count > left) {
                count = (int) left;
                next = pc + block.offset[count];
            }
            int i = 0;
            try {
                run:
                do {
                    long word = code[i];
                    int fields = (int) word;
                    long a = x[fields >>> 14 & 63];
                    long b = x[fields >>> 20 & 63];
                    int rd = fields >>> 8 & 63;
                    long imm = word >> 32;
                    switch (fields & 0xff) {
                        case Op.RARE -> rare(word, pc, block, i, end - left);
                        case Op.SYSTEM -> next = system(word, pc, block, i, end - left);
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
                                i++;
                                break run;
                            }
                        }
                        case Op.BNE -> {
                            if (a != b) {
                                next = pc + imm;
                                i++;
                                break run;
                            }
                        }
                        case Op.BLT -> {
                            if (a < b) {
                                next = pc + imm;
                                i++;
                                break run;
                            }
                        }
                        case Op.BGE -> {
                            if (a >= b) {
                                next = pc + imm;
                                i++;
                                break run;
                            }
                        }
                        case Op.BLTU -> {
                            if (a + Long.MIN_VALUE < b + Long.MIN_VALUE) {
                                next = pc + imm;
                                i++;
                                break run;
                            }
                        }
                        case Op.BGEU -> {
                            if (a + Long.MIN_VALUE >= b + Long.MIN_VALUE) {
                                next = pc + imm;
                                i++;
                                break run;
                            }
                        }
                        case Op.LB, Op.LH, Op.LW, Op.LD, Op.LBU, Op.LHU, Op.LWU -> {
                            long address = a + imm;
                            int index = (int) (address >>> 12) & Tlb.MASK;
                            int at = (int) address & 4095;
                            if (loadTag[index] == address >>> 12 && at <= 4088) {
                                byte[] page = loadPage[index];
                                int op = fields & 0xff;
                                if (op == Op.LD) {
                                    x[rd] = (long) DataAccess.LONG.get(page, at);
                                } else if (op == Op.LW) {
                                    x[rd] = (int) DataAccess.INT.get(page, at);
                                } else if (op == Op.LBU) {
                                    x[rd] = page[at] & 0xff;
                                } else if (op == Op.LWU) {
                                    x[rd] = (int) DataAccess.INT.get(page, at) & 0xffff_ffffL;
                                } else if (op == Op.LHU) {
                                    x[rd] = (short) DataAccess.SHORT.get(page, at) & 0xffff;
                                } else if (op == Op.LH) {
                                    x[rd] = (short) DataAccess.SHORT.get(page, at);
                                } else {
                                    x[rd] = page[at];
                                }
                            } else {
                                loadSlowly(word, address, end - left + i);
                            }
                        }
                        case Op.SB, Op.SH, Op.SW, Op.SD -> {
                            // Not "a + imm": C2 would compute everything that loads and stores share before the switch.
                            long address = a + (int) (word >>> 32);
                            int index = (int) (address >>> 12) & Tlb.MASK;
                            int at = (int) address & 4095;
                            if (storeTag[index] == address >>> 12 && at <= 4088) {
                                byte[] page = storePage[index];
                                int op = fields & 0xff;
                                if (op == Op.SD) {
                                    DataAccess.LONG.set(page, at, b);
                                } else if (op == Op.SW) {
                                    DataAccess.INT.set(page, at, (int) b);
                                } else if (op == Op.SB) {
                                    page[at] = (byte) b;
                                } else {
                                    DataAccess.SHORT.set(page, at, (short) b);
                                }
                            } else {
                                storeSlowly(word, address, b, end - left + i);
                            }
                        }
                        case Op.ADDI -> x[rd] = a + imm;
                        case Op.SLTI -> x[rd] = a < imm ? 1 : 0;
                        case Op.SLTIU -> x[rd] = a + Long.MIN_VALUE < imm + Long.MIN_VALUE ? 1 : 0;
                        case Op.XORI -> x[rd] = a ^ imm;
                        case Op.ORI -> x[rd] = a | imm;
                        case Op.ANDI -> x[rd] = a & imm;
                        case Op.SLLI -> x[rd] = a << imm;
                        case Op.SRLI -> x[rd] = a >>> imm;
                        case Op.SRAI -> x[rd] = a >> imm;
                        case Op.ADDIW -> x[rd] = (int) a + (int) imm;
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
                        case Op.ADDW -> x[rd] = (int) a + (int) b;
                        case Op.SUBW -> x[rd] = (int) a - (int) b;
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
                left -= i;
                pc = next;
            } catch (BlockEnd stop) {
                left -= i + 1;
                pc = pc + block.offset[i + 1];
            } catch (GuestTrap trap) {
                left -= i + 1;
                trapped(pc + block.offset[i], end - left);
                pc = state.pc;
            }
        }
        state.pc = pc;
        state.executed = end;
    }

    /** Interrupts, stop, WFI; false if the run is over. */
    private boolean attend() {
        return !state.stopRequested && traps.attend();
    }

    /** Finds or decodes; null if fetching trapped, which counts as an instruction. */
    private Block find(long pc, long executed) {
        state.executed = executed;
        try {
            return blocks.find(pc);
        } catch (GuestTrap trap) {
            trapped(pc, executed + 1);
            return null;
        }
    }

    private void trapped(long pc, long executed) {
        state.executed = executed;
        state.trapped++;
        state.endBlock = false;
        traps.take(pc);
    }

    private void rare(long word, long pc, Block block, int position, long executedBefore) {
        state.executed = executedBefore + position;
        rare.execute(word, pc + block.offset[position], block.offset[position + 1] - block.offset[position]);
        if (state.endBlock) {
            state.endBlock = false;
            throw blockEnd;
        }
    }

    private long system(long word, long pc, Block block, int position, long executedBefore) {
        state.executed = executedBefore + position;
        long next = rare.system((int) (word >> 32), pc + block.offset[position]);
        state.endBlock = false;
        return next;
    }

    private void illegal(long raw) {
        long value = (raw & 3) == 3 ? raw & 0xffff_ffffL : raw & 0xffff;
        throw state.trap.with(GuestTrap.ILLEGAL_INSTRUCTION, value);
    }

    private void finishLoad(long word, long value) {
        long[] x = state.x;
        int rd = Op.rd(word);
        switch (Op.op(word)) {
            case Op.LB -> x[rd] = (byte) value;
            case Op.LH -> x[rd] = (short) value;
            case Op.LW -> x[rd] = (int) value;
            default -> x[rd] = value; // came zero-extended
        }
    }

    private void loadSlowly(long word, long address, long executed) {
        state.executed = executed;
        long value = data.load(address, SIZE[Op.op(word)]);
        finishLoad(word, value);
        if (state.endBlock) {
            state.endBlock = false;
            throw blockEnd;
        }
    }

    private void storeSlowly(long word, long address, long value, long executed) {
        state.executed = executed;
        data.store(address, SIZE[Op.op(word)], value);
        if (state.endBlock) {
            state.endBlock = false;
            throw blockEnd;
        }
    }
}
