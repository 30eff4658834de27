package org.kemari.emulator.fpu;

/** Rounding modes and exception flags as fcsr encodes them (unprivileged specification §20.2). */
public final class Rounding {
    public static final int NEAREST_EVEN = 0;
    public static final int TOWARDS_ZERO = 1;
    public static final int DOWN = 2;
    public static final int UP = 3;
    public static final int NEAREST_MAX_MAGNITUDE = 4;

    /** In an instruction: the mode is frm's. */
    public static final int DYNAMIC = 7;

    public static final int INEXACT = 1;
    public static final int UNDERFLOW = 2;
    public static final int OVERFLOW = 4;
    public static final int DIVIDE_BY_ZERO = 8;
    public static final int INVALID = 16;

    private Rounding() {}

    /** Whether the magnitude is to be raised by one unit, given what lies below the unit and what half of it is. */
    static boolean increments(int mode, boolean negative, boolean odd, long rest, long half) {
        int toHalf = Long.compareUnsigned(rest, half);
        return switch (mode) {
            case NEAREST_EVEN -> toHalf > 0 || toHalf == 0 && odd;
            case NEAREST_MAX_MAGNITUDE -> toHalf >= 0;
            case DOWN -> negative && rest != 0;
            case UP -> !negative && rest != 0;
            default -> false;
        };
    }
}
