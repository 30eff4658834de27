package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.RegionRuntime;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Floating point: the host's arithmetic ({@link HostFloat}) where result and flags are shown to be right, else the
 * runtime's. Encodings that are illegal, and the half-precision ones, are not for regions.
 */
final class FloatEmitter {
    private static final String HOST = Type.getInternalName(HostFloat.class);
    private static final String[] SUMS = {"add", "subtract", "multiply", "divide"};
    private static final String[] FUSED = {
        "multiplyAdd", "multiplySubtract", "negatedMultiplySubtract", "negatedMultiplyAdd"
    };
    private static final String[] INJECT = {"inject", "injectNegated", "injectProduct"};
    private static final String[] COMPARE = {"lessOrEqual", "less", "equal"};

    private static final int NEAREST = 0;
    private static final int TOWARDS_ZERO = 1;
    private static final int DYNAMIC = 7;

    private final MethodCode code;
    private final MemoryEmitter memory;

    FloatEmitter(MethodCode code, MemoryEmitter memory) {
        this.code = code;
        this.memory = memory;
    }

    /** True of an instruction of F or D that is legal while floating point is usable. */
    static boolean handles(int raw) {
        int funct3 = raw >>> 12 & 7;
        int format = raw >>> 25 & 3;
        switch (raw & 0x7f) {
            case 0x07, 0x27:
                return funct3 == 2 || funct3 == 3;
            case 0x43, 0x47, 0x4b, 0x4f:
                return format <= 1 && roundingLegal(funct3);
            case 0x53:
                return format <= 1 && computes(raw >>> 27, funct3, raw >>> 20 & 31, format);
            default:
                return false;
        }
    }

    private static boolean roundingLegal(int mode) {
        return mode <= 4 || mode == DYNAMIC;
    }

    private static boolean computes(int operation, int funct3, int rs2, int format) {
        return switch (operation) {
            case 0, 1, 2, 3 -> roundingLegal(funct3);
            case 11 -> roundingLegal(funct3) && rs2 == 0;
            case 8 -> roundingLegal(funct3) && rs2 == 1 - format;
            case 24, 26 -> roundingLegal(funct3) && rs2 <= 3;
            case 4, 20 -> funct3 <= 2;
            case 5 -> funct3 <= 1;
            case 28 -> rs2 == 0 && funct3 <= 1;
            case 30 -> rs2 == 0 && funct3 == 0;
            default -> false;
        };
    }

    void emit(int raw, MemoryEmitter.Place place) {
        switch (raw & 0x7f) {
            case 0x07 -> load(raw, place);
            case 0x27 -> store(raw, place);
            case 0x53 -> compute(raw);
            default -> fused(raw);
        }
    }

    private static int rd(int raw) {
        return raw >>> 7 & 31;
    }

    private static int rs1(int raw) {
        return raw >>> 15 & 31;
    }

    private static int rs2(int raw) {
        return raw >>> 20 & 31;
    }

    private void host(String name, String type) {
        code.call(Opcodes.INVOKESTATIC, HOST, name, type);
    }

    private void load(int raw, MemoryEmitter.Place place) {
        boolean single = (raw >>> 12 & 7) == 2;
        memory.load(rs1(raw), raw >> 20, single ? Op.LWU : Op.LD, place, () -> {
            if (single) {
                host("boxedWord", "(J)J");
            }
            code.storeFloat(rd(raw));
        });
    }

    private void store(int raw, MemoryEmitter.Place place) {
        int size = (raw >>> 12 & 7) == 2 ? 4 : 8;
        memory.store(rs1(raw), raw >> 25 << 5 | rd(raw), size, place, () -> code.loadFloat(rs2(raw)));
    }

    private void compute(int raw) {
        boolean single = (raw >>> 25 & 3) == 0;
        String format = single ? "Single" : "Double";
        int funct3 = raw >>> 12 & 7;
        switch (raw >>> 27) {
            case 0, 1 -> arithmetic(raw, SUMS[raw >>> 27] + format, "settledSum" + format, 2);
            case 2, 3 -> arithmetic(raw, SUMS[raw >>> 27] + format, "settled" + format, 2);
            case 11 -> arithmetic(raw, "squareRoot" + format, "settled" + format, 1);
            case 8 -> {
                if (single) {
                    arithmetic(raw, "singleOfDouble", "settledSingle", 1);
                } else {
                    exact(raw, "doubleOfSingle", "numberDouble");
                }
            }
            case 4 -> {
                code.loadFloat(rs1(raw));
                code.loadFloat(rs2(raw));
                host(INJECT[funct3] + format, "(JJ)J");
                code.storeFloat(rd(raw));
            }
            case 5 -> {
                callFloat(raw, 2);
                code.refreshFloatMode();
            }
            case 20 -> compare(raw, COMPARE[funct3] + format);
            case 24 -> toInteger(raw, single);
            case 26 -> fromInteger(raw, single);
            case 28 -> moveToInteger(raw, single, funct3);
            default -> {
                code.load(rs1(raw));
                if (single) {
                    host("boxedWord", "(J)J");
                }
                code.storeFloat(rd(raw));
            }
        }
    }

    private void fused(int raw) {
        String format = (raw >>> 25 & 3) == 0 ? "Single" : "Double";
        arithmetic(raw, FUSED[raw >>> 2 & 3] + format, "settled" + format, 3);
    }

    /** Leaves for {@code slow} unless the host's arithmetic gives the right flags for a settled result. */
    private void hostMode(Label slow) {
        code.local(Opcodes.ILOAD, MethodCode.FLOAT_MODE);
        code.push(RegionRuntime.FLOAT_HOST);
        code.jump(Opcodes.IF_ICMPNE, slow);
    }

    private static boolean roundsToNearest(int raw) {
        int mode = raw >>> 12 & 7;
        return mode == NEAREST || mode == DYNAMIC;
    }

    /** From one to three floating-point registers to one. */
    private void arithmetic(int raw, String compute, String settled, int operands) {
        if (!roundsToNearest(raw)) {
            callFloat(raw, operands);
            code.refreshFloatMode();
            return;
        }
        Label slow = new Label();
        Label resume = new Label();
        hostMode(slow);
        operands(raw, operands);
        host(compute, operands == 1 ? "(J)J" : operands == 2 ? "(JJ)J" : "(JJJ)J");
        takeIf(settled, slow, rd(raw));
        code.label(resume);
        slowFloat(raw, operands, slow, resume);
    }

    /** As {@link #arithmetic}, but no flag can arise where the predicate holds, and nothing is rounded. */
    private void exact(int raw, String compute, String predicate) {
        Label slow = new Label();
        Label resume = new Label();
        code.loadFloat(rs1(raw));
        host(compute, "(J)J");
        takeIf(predicate, slow, rd(raw));
        code.label(resume);
        slowFloat(raw, 1, slow, resume);
    }

    private void takeIf(String predicate, Label slow, int rd) {
        code.local(Opcodes.LSTORE, MethodCode.VALUE);
        code.local(Opcodes.LLOAD, MethodCode.VALUE);
        host(predicate, "(J)Z");
        code.jump(Opcodes.IFEQ, slow);
        code.local(Opcodes.LLOAD, MethodCode.VALUE);
        code.storeFloat(rd);
    }

    private void slowFloat(int raw, int operands, Label slow, Label resume) {
        code.stubs.add(() -> {
            code.label(slow);
            callFloat(raw, operands);
            code.refreshFloatMode();
            code.jump(Opcodes.GOTO, resume);
        });
    }

    private void operands(int raw, int count) {
        code.loadFloat(rs1(raw));
        if (count > 1) {
            code.loadFloat(rs2(raw));
        }
        if (count > 2) {
            code.loadFloat(raw >>> 27);
        }
    }

    private void callFloat(int raw, int operands) {
        code.runtime();
        code.push(raw);
        operands(raw, operands);
        switch (operands) {
            case 1 -> code.call(Opcodes.INVOKEVIRTUAL, MethodCode.RUNTIME, "floatOfOne", "(IJ)J");
            case 2 -> code.call(Opcodes.INVOKEVIRTUAL, MethodCode.RUNTIME, "floatOfTwo", "(IJJ)J");
            default -> code.call(Opcodes.INVOKEVIRTUAL, MethodCode.RUNTIME, "floatOfThree", "(IJJJ)J");
        }
        code.storeFloat(rd(raw));
    }

    private void callInteger(int raw, int operands) {
        code.runtime();
        code.push(raw);
        operands(raw, operands);
        code.call(
                Opcodes.INVOKEVIRTUAL,
                MethodCode.RUNTIME,
                operands == 1 ? "integerOfOne" : "integerOfTwo",
                operands == 1 ? "(IJ)J" : "(IJJ)J");
        code.store(rd(raw));
    }

    private void slowInteger(int raw, int operands, Label slow, Label resume) {
        code.stubs.add(() -> {
            code.label(slow);
            callInteger(raw, operands);
            code.refreshFloatMode();
            code.jump(Opcodes.GOTO, resume);
        });
    }

    private void compare(int raw, String name) {
        Label slow = new Label();
        Label resume = new Label();
        operands(raw, 2);
        host(name, "(JJ)I");
        code.local(Opcodes.ISTORE, MethodCode.INDEX);
        code.local(Opcodes.ILOAD, MethodCode.INDEX);
        code.jump(Opcodes.IFLT, slow);
        code.local(Opcodes.ILOAD, MethodCode.INDEX);
        code.op(Opcodes.I2L);
        code.store(rd(raw));
        code.label(resume);
        slowInteger(raw, 2, slow, resume);
    }

    private void toInteger(int raw, boolean single) {
        String target = switch (rs2(raw)) {
            case 0 -> "Int";
            case 1 -> "UnsignedInt";
            case 2 -> "Long";
            default -> "";
        };
        if ((raw >>> 12 & 7) != TOWARDS_ZERO || target.isEmpty()) {
            callInteger(raw, 1);
            code.refreshFloatMode();
            return;
        }
        Label slow = new Label();
        Label resume = new Label();
        hostMode(slow);
        code.loadFloat(rs1(raw));
        if (single) {
            host("doubleOfSingle", "(J)J");
        }
        code.local(Opcodes.LSTORE, MethodCode.VALUE);
        code.local(Opcodes.LLOAD, MethodCode.VALUE);
        host("fits" + target, "(J)Z");
        code.jump(Opcodes.IFEQ, slow);
        code.local(Opcodes.LLOAD, MethodCode.VALUE);
        host("to" + target, "(J)J");
        code.store(rd(raw));
        code.label(resume);
        slowInteger(raw, 1, slow, resume);
    }

    private void fromInteger(int raw, boolean single) {
        String source = switch (rs2(raw)) {
            case 0 -> "Int";
            case 1 -> "UnsignedInt";
            case 2 -> "Long";
            default -> "";
        };
        boolean rounds = single || rs2(raw) >= 2;
        if (source.isEmpty() || rounds && !roundsToNearest(raw)) {
            callFromInteger(raw);
            code.refreshFloatMode();
            return;
        }
        Label slow = new Label();
        Label resume = new Label();
        if (rounds) {
            hostMode(slow);
        }
        code.load(rs1(raw));
        host((single ? "singleOf" : "doubleOf") + source, "(J)J");
        code.storeFloat(rd(raw));
        if (rounds) {
            code.label(resume);
            code.stubs.add(() -> {
                code.label(slow);
                callFromInteger(raw);
                code.refreshFloatMode();
                code.jump(Opcodes.GOTO, resume);
            });
        }
    }

    private void callFromInteger(int raw) {
        code.runtime();
        code.push(raw);
        code.load(rs1(raw));
        code.call(Opcodes.INVOKEVIRTUAL, MethodCode.RUNTIME, "floatOfInteger", "(IJ)J");
        code.storeFloat(rd(raw));
    }

    private void moveToInteger(int raw, boolean single, int funct3) {
        if (funct3 == 1) {
            callInteger(raw, 1);
            return;
        }
        code.loadFloat(rs1(raw));
        if (single) {
            code.op(Opcodes.L2I);
            code.op(Opcodes.I2L);
        }
        code.store(rd(raw));
    }
}
