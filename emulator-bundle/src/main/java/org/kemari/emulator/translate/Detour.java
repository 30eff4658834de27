package org.kemari.emulator.translate;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/**
 * The one way to the runtime for all accesses that the TLB does not answer. HotSpot keeps nothing in a processor's
 * registers over a call, not even over one that is never made: a call beside each access would drive a loop's registers
 * into memory. So no local lives over this one. What they hold goes to where the hart keeps it and comes back from
 * there, and the way back is a switch.
 */
final class Detour {
    private record Return(Label label, Runnable code) {}

    private final MethodCode code;
    private final Label way = new Label();
    private final List<Return> returns = new ArrayList<>();

    Detour(MethodCode code) {
        this.code = code;
    }

    /**
     * Goes to the runtime with what ADDRESS holds and, for a store, VALUE; {@code back} is written to go on from there,
     * with the value loaded in VALUE.
     *
     * @param storedBytes what a store writes; 0 for a load
     */
    void go(int site, int storedBytes, Runnable back) {
        code.push(site);
        code.local(Opcodes.ISTORE, MethodCode.INDEX);
        code.push(returns.size() << 4 | storedBytes);
        code.local(Opcodes.ISTORE, MethodCode.RETURN);
        code.jump(Opcodes.GOTO, way);
        returns.add(new Return(new Label(), back));
    }

    /** Behind everything that goes here. */
    void write() {
        if (returns.isEmpty()) {
            return;
        }
        code.label(way);
        code.spill();
        code.runtime();
        code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
        code.local(Opcodes.LLOAD, MethodCode.VALUE);
        code.pushLeft();
        code.local(Opcodes.ILOAD, MethodCode.INDEX);
        code.local(Opcodes.ILOAD, MethodCode.RETURN);
        code.push(15);
        code.op(Opcodes.IAND);
        code.call(Opcodes.INVOKEVIRTUAL, MethodCode.RUNTIME, "access", "(JJJII)J");
        code.local(Opcodes.LSTORE, MethodCode.VALUE);
        Label goOn = new Label();
        code.pushLeave();
        code.jump(Opcodes.IFEQ, goOn);
        // The hart's registers are up to date; the pc is the runtime's to tell.
        code.push(0L);
        code.op(Opcodes.LRETURN);
        code.label(goOn);
        code.fill();
        code.local(Opcodes.ILOAD, MethodCode.RETURN);
        code.push(4);
        code.op(Opcodes.IUSHR);
        Label[] labels = returns.stream().map(Return::label).toArray(Label[]::new);
        code.table(labels);
        for (Return each : returns) {
            code.label(each.label);
            each.code.run();
        }
    }
}
