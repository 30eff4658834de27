package org.kemari.emulator.cpu;

import org.kemari.emulator.fpu.Format;
import org.kemari.emulator.fpu.Rounding;
import org.kemari.emulator.fpu.SoftFloat;

/** The F, D and Zfh extensions (unprivileged specification, chapters 20, 21 and 23). */
final class FloatInstructions {
    private final HartState state;
    private final CsrFile csrs;
    private final DataAccess data;
    private final SoftFloat soft = new SoftFloat();

    FloatInstructions(HartState state, CsrFile csrs, DataAccess data) {
        this.state = state;
        this.csrs = csrs;
        this.data = data;
    }

    /** False if the instruction is illegal; then nothing has changed. */
    boolean execute(int raw) {
        if (csrs.floatOff()) {
            return false;
        }
        soft.clearFlags();
        boolean legal = switch (raw & 0x7f) {
            case 0x07 -> load(raw);
            case 0x27 -> store(raw);
            case 0x53 -> compute(raw);
            default -> fused(raw);
        };
        if (legal && soft.flags() != 0) {
            csrs.fflags |= soft.flags();
            csrs.markFloatDirty();
        }
        return legal;
    }

    private boolean load(int raw) {
        long address = state.x[raw >>> 15 & 31] + (raw >> 20);
        switch (raw >>> 12 & 7) {
            case 1 -> set(Format.HALF, raw >>> 7 & 31, data.load(address, 2));
            case 2 -> set(Format.SINGLE, raw >>> 7 & 31, data.load(address, 4));
            case 3 -> set(Format.DOUBLE, raw >>> 7 & 31, data.load(address, 8));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean store(int raw) {
        long address = state.x[raw >>> 15 & 31] + (raw >> 25 << 5 | raw >>> 7 & 31);
        long value = state.f[raw >>> 20 & 31];
        switch (raw >>> 12 & 7) {
            case 1 -> data.store(address, 2, value);
            case 2 -> data.store(address, 4, value);
            case 3 -> data.store(address, 8, value);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void set(Format format, int rd, long value) {
        state.f[rd] = format.box(value);
        csrs.markFloatDirty();
    }

    private void setInteger(int rd, long value) {
        if (rd != 0) {
            state.x[rd] = value;
        }
    }

    private long get(Format format, int register) {
        return format.unbox(state.f[register]);
    }

    /** The instruction's rounding mode, or -1 if there is none of that code. */
    private int mode(int raw) {
        int mode = raw >>> 12 & 7;
        if (mode == Rounding.DYNAMIC) {
            mode = csrs.frm;
        }
        return mode <= Rounding.NEAREST_MAX_MAGNITUDE ? mode : -1;
    }

    private static Format format(int raw) {
        return formatOf(raw >>> 25 & 3);
    }

    /** The format of a code, or null: quadruple precision is not here. */
    private static Format formatOf(int code) {
        return switch (code) {
            case 0 -> Format.SINGLE;
            case 1 -> Format.DOUBLE;
            case 2 -> Format.HALF;
            default -> null;
        };
    }

    private boolean fused(int raw) {
        Format format = format(raw);
        int mode = mode(raw);
        if (format == null || mode < 0) {
            return false;
        }
        long a = get(format, raw >>> 15 & 31);
        long b = get(format, raw >>> 20 & 31);
        long c = get(format, raw >>> 27);
        // FMADD 43, FMSUB 47, FNMSUB 4b, FNMADD 4f: the third and fourth negate the product.
        int which = raw >>> 2 & 3;
        if (which >= 2) {
            a = soft.negate(format, a);
        }
        if (which == 1 || which == 3) {
            c = soft.negate(format, c);
        }
        set(format, raw >>> 7 & 31, soft.multiplyAdd(format, a, b, c, mode));
        return true;
    }

    private boolean compute(int raw) {
        Format format = format(raw);
        if (format == null) {
            return false;
        }
        int rd = raw >>> 7 & 31;
        int rs2 = raw >>> 20 & 31;
        int funct3 = raw >>> 12 & 7;
        int operation = raw >>> 27;
        long a = get(format, raw >>> 15 & 31);
        switch (operation) {
            case 0, 1, 2, 3, 11, 8, 24, 26:
                int mode = mode(raw);
                return mode >= 0 && rounding(format, operation, rd, rs2, a, raw >>> 15 & 31, mode);
            case 4:
                return inject(format, funct3, rd, a, get(format, rs2));
            case 5:
                if (funct3 > 1) {
                    return false;
                }
                set(format, rd, soft.minimum(format, a, get(format, rs2), funct3 == 1));
                return true;
            case 20:
                return compare(format, funct3, rd, a, get(format, rs2));
            case 28:
                return moveToInteger(format, funct3, rd, rs2, a, raw);
            case 30:
                if (funct3 != 0 || rs2 != 0) {
                    return false;
                }
                set(format, rd, state.x[raw >>> 15 & 31]);
                return true;
            default:
                return false;
        }
    }

    private boolean rounding(Format format, int operation, int rd, int rs2, long a, int rs1, int mode) {
        switch (operation) {
            case 0:
                set(format, rd, soft.add(format, a, get(format, rs2), mode));
                return true;
            case 1:
                set(format, rd, subtract(format, a, get(format, rs2), mode));
                return true;
            case 2:
                set(format, rd, soft.multiply(format, a, get(format, rs2), mode));
                return true;
            case 3:
                set(format, rd, soft.divide(format, a, get(format, rs2), mode));
                return true;
            case 11:
                if (rs2 != 0) {
                    return false;
                }
                set(format, rd, soft.squareRoot(format, a, mode));
                return true;
            case 8:
                Format from = rs2 > 3 ? null : formatOf(rs2);
                if (from == null || from == format) {
                    return false;
                }
                set(format, rd, soft.convert(from, format, get(from, rs1), mode));
                return true;
            case 24:
                if (rs2 > 3) {
                    return false;
                }
                setInteger(rd, soft.toInteger(format, a, (rs2 & 1) != 0, rs2 < 2 ? 32 : 64, mode));
                return true;
            default:
                if (rs2 > 3) {
                    return false;
                }
                long value = state.x[rs1];
                long operand = rs2 == 0 ? (int) value : rs2 == 1 ? value & 0xffff_ffffL : value;
                set(format, rd, soft.fromInteger(format, operand, (rs2 & 1) != 0, mode));
                return true;
        }
    }

    private long subtract(Format format, long a, long b, int mode) {
        return soft.add(format, a, soft.negate(format, b), mode);
    }

    private boolean inject(Format format, int funct3, int rd, long a, long b) {
        long sign = soft.negate(format, 0);
        switch (funct3) {
            case 0 -> set(format, rd, a & ~sign | b & sign);
            case 1 -> set(format, rd, a & ~sign | ~b & sign);
            case 2 -> set(format, rd, a ^ b & sign);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean compare(Format format, int funct3, int rd, long a, long b) {
        boolean result;
        switch (funct3) {
            case 0 -> result = soft.less(format, a, b, true);
            case 1 -> result = soft.less(format, a, b, false);
            case 2 -> result = soft.equal(format, a, b);
            default -> {
                return false;
            }
        }
        setInteger(rd, result ? 1 : 0);
        return true;
    }

    private boolean moveToInteger(Format format, int funct3, int rd, int rs2, long a, int raw) {
        if (rs2 != 0 || funct3 > 1) {
            return false;
        }
        if (funct3 == 1) {
            setInteger(rd, SoftFloat.classify(format, a));
        } else {
            // Moves take the bits as they are, boxed or not.
            long bits = state.f[raw >>> 15 & 31];
            setInteger(rd, format == Format.DOUBLE ? bits : format == Format.SINGLE ? (int) bits : (short) bits);
        }
        return true;
    }
}
