package org.kemari.emulator.cpu;

/** The F and D extensions. */
final class FloatInstructions {
    private final HartState state;
    private final CsrFile csrs;
    private final DataAccess data;

    FloatInstructions(HartState state, CsrFile csrs, DataAccess data) {
        this.state = state;
        this.csrs = csrs;
        this.data = data;
    }

    /** False if the instruction is illegal. */
    boolean execute(int raw) {
        if (csrs.floatOff()) {
            return false;
        }
        long address = state.x[raw >>> 15 & 31];
        switch (raw & 0x707f) {
            case 0x2007 -> state.f[raw >>> 7 & 31] = data.load(address + (raw >> 20), 4) | -1L << 32;
            case 0x3007 -> state.f[raw >>> 7 & 31] = data.load(address + (raw >> 20), 8);
            case 0x2027 -> data.store(address + ((raw >> 25 << 5) | raw >>> 7 & 31), 4, state.f[raw >>> 20 & 31]);
            case 0x3027 -> data.store(address + ((raw >> 25 << 5) | raw >>> 7 & 31), 8, state.f[raw >>> 20 & 31]);
            default -> {
                return false;
            }
        }
        csrs.markFloatDirty();
        return true;
    }
}
