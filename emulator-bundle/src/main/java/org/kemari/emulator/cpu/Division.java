package org.kemari.emulator.cpu;

/** Division as the M extension has it: by zero gives all ones and the dividend, overflow the dividend and zero. */
final class Division {
    private Division() {}

    static long signed(long a, long b) {
        return b == 0 ? -1 : b == -1 ? -a : a / b;
    }

    static long signedRest(long a, long b) {
        return b == 0 ? a : b == -1 ? 0 : a % b;
    }

    static long unsigned(long a, long b) {
        return b == 0 ? -1 : Long.divideUnsigned(a, b);
    }

    static long unsignedRest(long a, long b) {
        return b == 0 ? a : Long.remainderUnsigned(a, b);
    }

    static long signed(int a, int b) {
        return b == 0 ? -1 : b == -1 ? -a : a / b;
    }

    static long signedRest(int a, int b) {
        return b == 0 ? a : b == -1 ? 0 : a % b;
    }

    static long unsigned(int a, int b) {
        return b == 0 ? -1 : Integer.divideUnsigned(a, b);
    }

    static long unsignedRest(int a, int b) {
        return b == 0 ? a : Integer.remainderUnsigned(a, b);
    }
}
