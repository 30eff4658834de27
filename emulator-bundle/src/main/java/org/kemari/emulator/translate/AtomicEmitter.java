package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.RegionRuntime;

/** LR, SC and AMO: calls of the runtime. */
final class AtomicEmitter {
    private final MethodCode code;

    AtomicEmitter(MethodCode code) {
        this.code = code;
    }

    static boolean handles(int raw) {
        return (raw & 0x7f) == 0x2f;
    }

    /** An illegal one traps in the runtime. */
    void emit(int raw, int offset, int remaining, boolean fourBytes) {
        int rd = raw >>> 7 & 31;
        int target = rd == 0 ? Op.SINK : rd;
        code.runtime();
        code.load(raw >>> 15 & 31);
        code.load(raw >>> 20 & 31);
        code.pushLeft();
        code.push(RegionRuntime.site(offset, remaining, fourBytes, target));
        code.push(raw);
        code.execute("atomic", "(JJJII)J", target);
    }
}
