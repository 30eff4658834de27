package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.RegionRuntime;

/** Zicsr: calls of the runtime, which goes on in the region unless what was written may change what comes next. */
final class CsrEmitter {
    private final MethodCode code;

    CsrEmitter(MethodCode code) {
        this.code = code;
    }

    static boolean handles(int raw) {
        return (raw & 0x7f) == 0x73 && (raw >>> 12 & 3) != 0;
    }

    void emit(int raw, int offset, int remaining) {
        int rd = raw >>> 7 & 31;
        int target = rd == 0 ? Op.SINK : rd;
        boolean immediate = (raw >>> 14 & 1) != 0;
        code.runtime();
        if (immediate) {
            code.push(0L);
        } else {
            code.load(raw >>> 15 & 31);
        }
        code.pushLeft();
        code.push(RegionRuntime.site(offset, remaining, true, target));
        code.push(raw);
        code.execute("csr", "(JJII)J", target);
    }
}
