package org.kemari.emulator.cpu;

import java.lang.invoke.VarHandle;
import org.kemari.emulator.mmu.GuestTrap;

/**
 * What translated code calls where it does not know the answer itself: atomics, CSRs, floating point beyond host
 * arithmetic. One per hart; machine thread only. A call names its place by a site, so that a trap or an end of the run
 * has the exact pc and count.
 */
public final class RegionRuntime {
    public static final VarHandle SHORT = DataAccess.SHORT;
    public static final VarHandle INT = DataAccess.INT;
    public static final VarHandle LONG = DataAccess.LONG;

    /** Floating point is off, or its rounding mode is none: no floating-point region may be entered. */
    public static final int FLOAT_UNUSABLE = 0;

    /** Each result has to be computed by the software that knows flags and rounding modes. */
    public static final int FLOAT_EXACT = 1;

    /**
     * Host arithmetic gives the same results and flags where a result is finite and normal: it rounds to nearest even,
     * and the only flag that can arise, inexact, is up already.
     */
    public static final int FLOAT_HOST = 2;

    private static final int INEXACT = 1;

    // Layout of a site.
    private static final int REMAINING_SHIFT = 12;
    private static final int LONG_SHIFT = 20;
    private static final int RD_SHIFT = 21;

    /** The run ends at or behind the instruction of the last call: registers are to be brought up to date. */
    public boolean leave;

    private final HartState state;
    private final CsrFile csrs;
    private final RareInstructions rare;

    /** Floating-point registers. */
    public final long[] f;

    private long end;
    private int site;
    private long siteLeft;
    private boolean trapped;
    private long pendingValue;

    /** Answers instead of the hart while code is executed dry; null in earnest. */
    private DryRun dry;

    RegionRuntime(HartState state, CsrFile csrs, RareInstructions rare) {
        this.state = state;
        this.csrs = csrs;
        this.rare = rare;
        f = state.f;
    }

    /**
     * Names an instruction.
     *
     * <pre>
     *  26  21  20  19     12 11     0
     * +------+----+---------+--------+
     * |  rd  | 4B | behind  | offset |
     * +------+----+---------+--------+
     * </pre>
     *
     * @param offset in its page
     * @param remaining instructions of its basic block that are not executed before it, 1 to 255
     * @param fourBytes its length is 4, not 2
     * @param rd integer register that it writes, {@link Op#SINK} for none
     */
    public static int site(int offset, int remaining, boolean fourBytes, int rd) {
        return offset | remaining << REMAINING_SHIFT | (fourBytes ? 1 << LONG_SHIFT : 0) | rd << RD_SHIFT;
    }

    /** Before regions run: the count at which the run under way ends. */
    void begin(long endCount) {
        end = endCount;
    }

    /** From here on this answers; null: the hart again. */
    void dry(DryRun answers) {
        dry = answers;
    }

    boolean floatUsable() {
        return csrs.floatUsableAndDirty();
    }

    /** One of the FLOAT constants, as fcsr and mstatus.FS stand now. */
    public int floatMode() {
        if (dry != null) {
            return FLOAT_HOST;
        }
        if (csrs.floatUsableAndDirty()) {
            return csrs.frm == 0 && (csrs.fflags & INEXACT) != 0 ? FLOAT_HOST : FLOAT_EXACT;
        }
        return FLOAT_UNUSABLE;
    }

    private void at(long left, int callSite) {
        site = callSite;
        siteLeft = left + (callSite >>> REMAINING_SHIFT & 255);
        state.executed = end - siteLeft;
    }

    private void trapped() {
        leave = true;
        trapped = true;
    }

    private void endIfAsked(long value) {
        if (state.takeEndBlock()) {
            leave = true;
            trapped = false;
            pendingValue = value;
        }
    }

    /** LR, SC or AMO; gives the value for rd. */
    public long atomic(long address, long operand, long left, int callSite, int raw) {
        if (dry != null) {
            return dry.value();
        }
        at(left, callSite);
        try {
            long value = rare.atomic(raw, address, operand);
            endIfAsked(value);
            return value;
        } catch (GuestTrap trap) {
            trapped();
            return 0;
        }
    }

    /** A CSR instruction; gives the value for rd. Leaves where it may have changed what goes on. */
    public long csr(long source, long left, int callSite, int raw) {
        if (dry != null) {
            return dry.value();
        }
        at(left, callSite);
        try {
            long value = rare.csr(raw, source);
            state.endBlock |= state.attention;
            endIfAsked(value);
            return value;
        } catch (GuestTrap trap) {
            trapped();
            return 0;
        }
    }

    // Floating point: operands are written to where the hart keeps them, which translated code has in locals.

    /** A computation from one floating-point register to another. */
    public long floatOfOne(int raw, long a) {
        state.f[raw >>> 15 & 31] = a;
        return toFloat(raw);
    }

    public long floatOfTwo(int raw, long a, long b) {
        state.f[raw >>> 20 & 31] = b;
        return floatOfOne(raw, a);
    }

    public long floatOfThree(int raw, long a, long b, long c) {
        state.f[raw >>> 27] = c;
        return floatOfTwo(raw, a, b);
    }

    /** A computation from an integer register to a floating-point one. */
    public long floatOfInteger(int raw, long operand) {
        int rs1 = raw >>> 15 & 31;
        if (rs1 != 0 && dry == null) {
            state.x[rs1] = operand;
        }
        return toFloat(raw);
    }

    /** A computation from one floating-point register to an integer one. */
    public long integerOfOne(int raw, long a) {
        state.f[raw >>> 15 & 31] = a;
        execute(raw);
        return dry == null ? state.x[raw >>> 7 & 31] : dry.value();
    }

    public long integerOfTwo(int raw, long a, long b) {
        state.f[raw >>> 20 & 31] = b;
        return integerOfOne(raw, a);
    }

    private long toFloat(int raw) {
        execute(raw);
        return state.f[raw >>> 7 & 31];
    }

    private void execute(int raw) {
        if (dry == null && !rare.floating(raw)) {
            throw new IllegalStateException(
                    "translated floating-point instruction " + Integer.toHexString(raw) + " is illegal");
        }
    }

    // Arithmetic that bytecode says in more than one instruction

    public static long less(long a, long b) {
        return a < b ? 1 : 0;
    }

    public static long lessUnsigned(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
    }

    /** What the interpreter keeps outside its switch. */
    public static long compute(int op, long a, long b) {
        return Op.isBitManipulation(op) ? BitManipulation.compute(op, a, b) : Multiplication.orDivision(op, a, b);
    }

    // For the interpreter, after a region that left

    boolean leftByTrap() {
        return trapped;
    }

    /** Instructions left behind the instruction at which it left. */
    long leftBehind() {
        return siteLeft - 1;
    }

    /** Offset in its page of the instruction that trapped, or of the one behind. */
    long offset() {
        return (site & 4095) + (trapped ? 0 : (site >>> LONG_SHIFT & 1) != 0 ? 4 : 2);
    }

    /** Gives the last instruction its result, which translated code has not taken. */
    void finish(long[] x) {
        x[site >>> RD_SHIFT] = pendingValue;
    }
}
