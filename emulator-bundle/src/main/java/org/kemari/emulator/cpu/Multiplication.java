package org.kemari.emulator.cpu;

/** The less frequent half of the M extension, kept together outside the interpreter's switch. */
final class Multiplication {
    private Multiplication() {}

    /** What the interpreter's switch leaves to others: this, or bit manipulation. */
    static long orOther(long word, long a, long b) {
        int op = Op.op(word);
        return Op.isBitManipulation(op) ? BitManipulation.execute(word, a, b) : orDivision(op, a, b);
    }

    static long orDivision(int op, long a, long b) {
        return switch (op) {
            case Op.MULH -> Math.multiplyHigh(a, b);
            case Op.MULHSU -> Math.multiplyHigh(a, b) + (b >> 63 & a);
            case Op.MULHU -> Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
            case Op.DIV -> Division.signed(a, b);
            case Op.DIVU -> Division.unsigned(a, b);
            case Op.REM -> Division.signedRest(a, b);
            case Op.REMU -> Division.unsignedRest(a, b);
            case Op.DIVW -> Division.signed((int) a, (int) b);
            case Op.DIVUW -> Division.unsigned((int) a, (int) b);
            case Op.REMW -> Division.signedRest((int) a, (int) b);
            case Op.REMUW -> Division.unsignedRest((int) a, (int) b);
            default -> throw new IllegalStateException("operation " + op);
        };
    }
}
