package org.kemari.emulator.cpu;

import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.mmu.Tlb;

/**
 * Runs decoded blocks. An interrupt becomes deliverable only where guest state says so: through a CSR write, a device
 * access or an ecall, each of which ends its block, or between two runs. So the check between blocks, made only when
 * {@link HartState#attention} is up, takes every interrupt at the same instruction, wherever blocks were entered and
 * however runs were cut.
 *
 * <p>What two cases of the switch both compute from the same operands, C2 computes before the switch, for every
 * instruction, and keeps in the stack frame. So each such thing is in one case only, or written in different ways
 * where that costs nothing (the three unsigned comparisons, shift amounts in a field of their own), and what is rare
 * shares a case.
 *
 * <p>{@link #executePiece} must stay below 8,000 bytes of bytecode: HotSpot leaves bigger methods uncompiled for ever.
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

    /**
     * HotSpot compiles {@link #executePiece} sooner the more often it is called. While it is not compiled, a run of usual
     * length takes so long that the first second of a guest would be gone before it is.
     */
    private static final long YOUNG_PIECE = 1_000;

    /**
     * Until this Java VM has executed so many instructions, which all of its machines count down: then HotSpot knows.
     * What two threads lose to each other only makes it last a little longer.
     */
    private static long youngLeft = 10_000_000;

    private final DataAccess data;
    private final BlockCache blocks;
    private final RareInstructions rare;
    private final Traps traps;
    private final HotCode hot;
    private final ForetoldCode foretold;
    private final RegionRunner regions;

    // The current context's tables, kept here to be one load away.
    private long[] loadTag;
    private byte[][] loadPage;
    private long[] storeTag;
    private byte[][] storePage;
    private long[] codeTag;
    private long[][][] codeTables;

    private Tlb context;

    Interpreter(
            HartState state,
            DataAccess data,
            BlockCache blocks,
            RareInstructions rare,
            Traps traps,
            HotCode hot,
            ForetoldCode foretold,
            RegionRunner regions) {
        this.state = state;
        this.hot = hot;
        this.foretold = foretold;
        this.regions = regions;
        this.data = data;
        this.blocks = blocks;
        this.rare = rare;
        this.traps = traps;
        contextChanged();
    }

    /** Mode, SUM or MPRV changed. */
    void contextChanged() {
        Tlb tlb = data.tlb();
        context = tlb;
        loadTag = tlb.loadTag;
        loadPage = tlb.loadPage;
        storeTag = tlb.storeTag;
        storePage = tlb.storePage;
        codeTag = blocks.directoryTags(state.mode);
        codeTables = blocks.directory(state.mode);
        regions.contextChanged(tlb);
    }

    /**
     * Executes up to {@code max} instructions; fewer if the hart waits or was told to stop, or at the end of a block or
     * region behind which no more than {@code slack} are left.
     */
    void execute(long max, int slack) {
        long left = max;
        while (youngLeft > 0 && left > YOUNG_PIECE) {
            long before = state.executed;
            executePiece(YOUNG_PIECE, 0);
            long done = state.executed - before;
            if (done < YOUNG_PIECE) {
                return;
            }
            youngLeft -= done;
            left -= done;
        }
        executePiece(left, slack);
    }

    private void executePiece(long max, int slack) {
        final HartState state = this.state;
        // A new array each time: its length is then a constant to the compiler, which drops three checks an
        // instruction.
        final long[] x = new long[HartState.REGISTERS];
        System.arraycopy(state.x, 0, x, 0, HartState.REGISTERS);
        state.x = x;
        hot.install();
        int threshold = hot.threshold();
        long end = state.executed + max;
        long left = max;
        long pc = state.pc;
        long enough = Math.min(slack, max - 1);
        while (left > enough) {
            if (state.attention) {
                state.pc = pc;
                state.executed = end - left;
                if (!attend()) {
                    return;
                }
                pc = state.pc;
            }
            long[] code = known(pc);
            if (code == null) {
                code = find(pc, end - left);
                if (code == null) {
                    left--;
                    pc = state.pc;
                    continue;
                }
            }
            long header = code[Block.HEADER];
            if ((header & Block.TRANSLATED) != 0) {
                long rest = regions.run(x, pc, left, end);
                if (rest != left) {
                    left = rest;
                    pc = state.pc;
                    continue;
                }
            }
            header += Block.EXECUTION;
            code[Block.HEADER] = header;
            if (Block.heat(header) >= threshold) {
                heated(code, pc, end - left);
            }
            int last = code.length;
            long next = pc + Block.lengthBytes(header);
            if (last - Block.FIRST > left) {
                last = Block.FIRST + (int) left;
                next = pc + Block.offset(code, last);
            }
            int i = Block.FIRST;
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
                        case Op.RARE, Op.SYSTEM, Op.ILLEGAL -> {
                            next = special(word, pc, next, code, i, end, left);
                            if (state.takeEndBlock()) {
                                i++;
                                break run;
                            }
                        }
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
                            if ((a ^ Long.MIN_VALUE) >= (b ^ Long.MIN_VALUE)) {
                                next = pc + imm;
                                i++;
                                break run;
                            }
                        }
                        case Op.LB, Op.LH, Op.LW, Op.LD, Op.LBU, Op.LHU, Op.LWU -> {
                            long address = a + imm;
                            int index = (int) (address >>> 12) & Tlb.MASK;
                            int at = (int) address & 4095;
                            if (loadTag[index] == (address & -4096L) && at <= 4088) {
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
                                loadSlowly(word, address, end, left, i);
                                if (state.takeEndBlock()) {
                                    i++;
                                    next = pc + Block.offset(code, i);
                                    break run;
                                }
                            }
                        }
                        case Op.SB, Op.SH, Op.SW, Op.SD -> {
                            // Not "a + imm": C2 would compute everything that loads and stores share before the switch.
                            long address = a + (int) (word >>> 32);
                            int index = (int) (address >>> 12) & Tlb.MASK;
                            int at = (int) address & 4095;
                            if (storeTag[index] == (address & -4096L) && at <= 4088) {
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
                                storeSlowly(word, address, b, end, left, i);
                                if (state.takeEndBlock()) {
                                    i++;
                                    next = pc + Block.offset(code, i);
                                    break run;
                                }
                            }
                        }
                        case Op.ADDI -> x[rd] = a + imm;
                        case Op.SLTI -> x[rd] = a < imm ? 1 : 0;
                        case Op.SLTIU -> x[rd] = Long.MAX_VALUE - a > Long.MAX_VALUE - imm ? 1 : 0;
                        case Op.XORI -> x[rd] = a ^ imm;
                        case Op.ORI -> x[rd] = a | imm;
                        case Op.ANDI -> x[rd] = a & imm;
                        case Op.SLLI -> x[rd] = a << (fields >>> 20);
                        case Op.SRLI -> x[rd] = a >>> (fields >>> 20);
                        case Op.SRAI -> x[rd] = a >> (fields >>> 20);
                        case Op.ADDIW -> x[rd] = a + imm << 32 >> 32;
                        case Op.SLLIW -> x[rd] = a << 32 << (fields >>> 20) >> 32;
                        case Op.ADD -> x[rd] = a + b;
                        case Op.SUB -> x[rd] = a - b;
                        case Op.SLL -> x[rd] = a << b;
                        case Op.SLT -> x[rd] = a < b ? 1 : 0;
                        case Op.SLTU -> x[rd] = (a ^ Long.MAX_VALUE) > (b ^ Long.MAX_VALUE) ? 1 : 0;
                        case Op.XOR -> x[rd] = a ^ b;
                        case Op.SRL -> x[rd] = a >>> b;
                        case Op.SRA -> x[rd] = a >> b;
                        case Op.OR -> x[rd] = a | b;
                        case Op.AND -> x[rd] = a & b;
                        case Op.SRLIW, Op.SRAIW, Op.ADDW, Op.SUBW, Op.SLLW, Op.SRLW, Op.SRAW, Op.MULW ->
                            x[rd] = word(fields & 0xff, (int) a, (int) b, fields >>> 20);
                        case Op.MUL -> x[rd] = a * b;
                        case Op.NOP -> {}
                        default -> x[rd] = Multiplication.orOther(word, a, b);
                    }
                } while (++i < last);
                left -= i - Block.FIRST;
                pc = next;
                if ((header & Block.LOOK_AT_END) == 0 && i == code.length) {
                    code[Block.HEADER] |= Block.ENDED;
                }
            } catch (GuestTrap trap) {
                left -= i + 1 - Block.FIRST;
                traps.take(pc + Block.offset(code, i), end - left);
                pc = state.pc;
            }
        }
        state.pc = pc;
        state.executed = end - left;
    }

    private void heated(long[] block, long pc, long executed) {
        long translated = regions.translatedInstructions();
        hot.heated(block, blocks.pageAt(pc), (int) pc & 4095, context, executed, translated);
        // A translator that answers at once is one for tests.
        hot.install();
    }

    /** Interrupts, stop, WFI; false if the run is over. */
    private boolean attend() {
        return !state.stopRequested && traps.attend();
    }

    /** The block at {@code pc}, if it is at hand. */
    private long[] known(long pc) {
        int slot = (int) (pc >>> 12) & BlockCache.DIRECTORY_MASK;
        return codeTag[slot] == pc >>> 12 ? codeTables[slot][(int) pc >>> 1 & DecodedPage.MASK] : null;
    }

    /** Finds or decodes; null if fetching trapped, which counts as an instruction. */
    private long[] find(long pc, long executed) {
        state.executed = executed;
        try {
            long[] block = blocks.find(pc);
            if (foretold.any()) {
                foretold.met(blocks.pageAt(pc), (int) pc & 4095);
            }
            return block;
        } catch (GuestTrap trap) {
            traps.take(pc, executed + 1);
            return null;
        }
    }

    /** Arithmetic on words, but for the most frequent. */
    private static int word(int op, int a, int b, int amount) {
        if (op == Op.ADDW) {
            return a + b;
        }
        if (op == Op.SUBW) {
            return a - b;
        }
        return switch (op) {
            case Op.SRLIW -> a >>> amount;
            case Op.SRAIW -> a >> amount;
            case Op.SLLW -> a << b;
            case Op.SRLW -> a >>> b;
            case Op.SRAW -> a >> b;
            default -> a * b;
        };
    }

    /** What the switch does not know; returns where the block goes on behind its last instruction. */
    private long special(long word, long pc, long next, long[] block, int place, long end, long left) {
        int op = Op.op(word);
        int raw = (int) (word >> 32);
        if (op == Op.ILLEGAL) {
            throw state.trap.with(GuestTrap.ILLEGAL_INSTRUCTION, (raw & 3) == 3 ? raw & 0xffff_ffffL : raw & 0xffff);
        }
        state.executed = end - left + place - Block.FIRST;
        long here = pc + Block.offset(block, place);
        if (op == Op.SYSTEM) {
            return rare.system(raw, here);
        }
        rare.execute(word, here, Op.lengthBytes(word));
        return state.endBlock ? here + Op.lengthBytes(word) : next;
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

    private void loadSlowly(long word, long address, long end, long left, int place) {
        state.executed = end - left + place - Block.FIRST;
        finishLoad(word, data.load(address, SIZE[Op.op(word)]));
    }

    private void storeSlowly(long word, long address, long value, long end, long left, int place) {
        state.executed = end - left + place - Block.FIRST;
        data.store(address, SIZE[Op.op(word)], value);
    }
}
