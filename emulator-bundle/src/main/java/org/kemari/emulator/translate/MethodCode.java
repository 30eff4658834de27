package org.kemari.emulator.translate;

import java.util.Arrays;
import java.util.BitSet;
import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.Region;
import org.kemari.emulator.cpu.RegionRuntime;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The method under construction: where registers live, constants, and stack map frames. All locals are set at the entry
 * and keep their types, so one frame fits every label.
 *
 * <pre>
 *  0 this | 1 long[] x | 2 base | 4 (left) | 6 address | 8 index | 9 value | 11 float mode | 12 left
 *  13 a lone page | ... pages of shared probes | ... pages that loops keep | ... their addresses | ... registers
 * </pre>
 */
final class MethodCode {
    static final String RUNTIME = Type.getInternalName(RegionRuntime.class);
    static final String RUNTIME_TYPE = Type.getDescriptor(RegionRuntime.class);

    static final int X = 1;
    static final int BASE = 2;
    private static final int LEFT_GIVEN = 4;
    static final int ADDRESS = 6;
    static final int INDEX = 8;
    static final int VALUE = 9;
    static final int FLOAT_MODE = 11;

    /** What may still be executed: an int, which is compared and counted down in one step each. */
    static final int LEFT = 12;

    /** The page of an access that neither shares nor keeps one. */
    static final int LONE_PAGE = 13;

    /** An address that no paging mode has, and at which there is no RAM either. */
    private static final long NOWHERE = Long.MIN_VALUE;

    private static final int FLOATS = 32;
    private static final int REGISTERS = 64;

    final MethodVisitor visitor;
    final String owner;

    /** To where registers are brought up to date; the next pc is in {@link #VALUE}. */
    final Label exit = new Label();

    /**
     * The same for accesses that the TLB does not answer. Apart: where ways meet, a processor's registers are brought to
     * the places that all agree on, and the ways out that are taken often would pay for these.
     */
    private final Label missed = new Label();

    private boolean misses;

    /** Code that is seldom reached, written behind the rest. */
    final StubList stubs = new StubList();

    private final BitSet used;
    private final BitSet written;
    private final int pages;
    private final int keptPages;
    private final int[] slots = new int[REGISTERS];
    private final Object[] frame;
    private boolean framed;

    /**
     * @param pages how many pages of shared probes are needed at a time
     * @param keptPages how many pages loops keep
     * @param used registers that were used and written when this method was written before, floating-point ones from 32;
     *     empty sets the first time, when {@code visitor} throws everything away
     */
    MethodCode(MethodVisitor visitor, String owner, int pages, int keptPages, BitSet used, BitSet written) {
        this.visitor = visitor;
        this.owner = owner;
        this.pages = pages;
        this.keptPages = keptPages;
        this.used = used;
        this.written = written;
        int slot = keptAddress(keptPages);
        for (int register = 0; register < REGISTERS; register++) {
            if (used.get(register)) {
                slots[register] = slot;
                slot += 2;
            }
        }
        Object[] fixed = {
            owner,
            "[J",
            Opcodes.LONG,
            Opcodes.LONG,
            Opcodes.LONG,
            Opcodes.INTEGER,
            Opcodes.LONG,
            Opcodes.INTEGER,
            Opcodes.INTEGER
        };
        int arrays = 1 + pages + keptPages;
        frame = Arrays.copyOf(fixed, fixed.length + arrays + keptPages + used.cardinality());
        Arrays.fill(frame, fixed.length, fixed.length + arrays, "[B");
        Arrays.fill(frame, fixed.length + arrays, frame.length, Opcodes.LONG);
    }

    void op(int opcode) {
        visitor.visitInsn(opcode);
        framed = false;
    }

    void local(int opcode, int slot) {
        visitor.visitVarInsn(opcode, slot);
        framed = false;
    }

    void jump(int opcode, Label target) {
        visitor.visitJumpInsn(opcode, target);
        framed = false;
    }

    /** Pops an int and goes to the label of this key; to another one if there is none. Keys ascend. */
    void lookup(int[] keys, Label[] labels, Label otherwise) {
        visitor.visitLookupSwitchInsn(otherwise, keys, labels);
        framed = false;
    }

    void field(int opcode, String fieldOwner, String name, String type) {
        visitor.visitFieldInsn(opcode, fieldOwner, name, type);
        framed = false;
    }

    void constantOfClass(String name, String type) {
        field(Opcodes.GETSTATIC, owner, name, type);
    }

    void call(int opcode, String callOwner, String name, String type) {
        visitor.visitMethodInsn(opcode, callOwner, name, type, false);
        framed = false;
    }

    void runtimeStatic(String name, String type) {
        call(Opcodes.INVOKESTATIC, RUNTIME, name, type);
    }

    void push(long value) {
        if (value == 0 || value == 1) {
            op(value == 0 ? Opcodes.LCONST_0 : Opcodes.LCONST_1);
        } else {
            visitor.visitLdcInsn(value);
            framed = false;
        }
    }

    void push(int value) {
        if (value >= -1 && value <= 5) {
            op(Opcodes.ICONST_0 + value);
        } else if (value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE) {
            visitor.visitIntInsn(Opcodes.BIPUSH, value);
        } else if (value >= Short.MIN_VALUE && value <= Short.MAX_VALUE) {
            visitor.visitIntInsn(Opcodes.SIPUSH, value);
        } else {
            visitor.visitLdcInsn(value);
        }
        framed = false;
    }

    /** Puts a label here, with the frame that every label has. */
    void label(Label label) {
        visitor.visitLabel(label);
        if (!framed) {
            visitor.visitFrame(Opcodes.F_NEW, frame.length, frame, 0, new Object[0]);
            framed = true;
        }
    }

    /** The local that keeps the page of a shared probe. */
    int page(int number) {
        return LONE_PAGE + 1 + number;
    }

    /** The local of a page that loops keep; null if there is none. */
    int keptPage(int number) {
        return page(pages) + number;
    }

    /** The local of such a page's virtual address; {@link #NOWHERE} if there is none. */
    int keptAddress(int number) {
        return keptPage(keptPages) + 2 * number;
    }

    // Registers

    void load(int register) {
        if (register == 0) {
            push(0L);
        } else {
            use(register);
            local(Opcodes.LLOAD, slots[register]);
        }
    }

    /** Pops a long into a register; what is written to x0 is dropped. */
    void store(int register) {
        if (register == Op.SINK || register == 0) {
            op(Opcodes.POP2);
        } else {
            use(register);
            written.set(register);
            local(Opcodes.LSTORE, slots[register]);
        }
    }

    void loadFloat(int register) {
        use(FLOATS + register);
        local(Opcodes.LLOAD, slots[FLOATS + register]);
    }

    void storeFloat(int register) {
        use(FLOATS + register);
        written.set(FLOATS + register);
        local(Opcodes.LSTORE, slots[FLOATS + register]);
    }

    private void use(int register) {
        used.set(register);
    }

    /** Fills the locals. */
    void prologue(boolean floats) {
        local(Opcodes.LLOAD, LEFT_GIVEN);
        op(Opcodes.L2I);
        local(Opcodes.ISTORE, LEFT);
        push(0L);
        local(Opcodes.LSTORE, ADDRESS);
        push(0);
        local(Opcodes.ISTORE, INDEX);
        push(0L);
        local(Opcodes.LSTORE, VALUE);
        noPages();
        if (floats) {
            refreshFloatMode();
        } else {
            push(0);
            local(Opcodes.ISTORE, FLOAT_MODE);
        }
        fillRegisters();
    }

    private void fillRegisters() {
        for (int register = used.nextSetBit(0); register >= 0; register = used.nextSetBit(register + 1)) {
            array(register);
            op(Opcodes.LALOAD);
            local(Opcodes.LSTORE, slots[register]);
        }
    }

    private void spillRegisters() {
        for (int register = written.nextSetBit(0); register >= 0; register = written.nextSetBit(register + 1)) {
            array(register);
            local(Opcodes.LLOAD, slots[register]);
            op(Opcodes.LASTORE);
        }
    }

    private void noPages() {
        for (int page = LONE_PAGE; page < keptAddress(0); page++) {
            op(Opcodes.ACONST_NULL);
            local(Opcodes.ASTORE, page);
        }
        for (int page = 0; page < keptPages; page++) {
            push(NOWHERE);
            local(Opcodes.LSTORE, keptAddress(page));
        }
    }

    void refreshFloatMode() {
        runtime();
        call(Opcodes.INVOKEVIRTUAL, RUNTIME, "floatMode", "()I");
        local(Opcodes.ISTORE, FLOAT_MODE);
    }

    /** Where all ways out meet. */
    void epilogue() {
        if (misses) {
            leave(missed);
        }
        leave(exit);
    }

    /** Where an access goes that the TLB does not answer; its address, with {@link Region#MISSED}, is in {@link #VALUE}. */
    Label missed() {
        misses = true;
        return missed;
    }

    private void leave(Label label) {
        label(label);
        spillRegisters();
        local(Opcodes.ALOAD, X);
        push(Region.PC);
        local(Opcodes.LLOAD, VALUE);
        op(Opcodes.LASTORE);
        pushLeft();
        op(Opcodes.LRETURN);
    }

    /** Pushes what is left, as a long. */
    void pushLeft() {
        local(Opcodes.ILOAD, LEFT);
        op(Opcodes.I2L);
    }

    void countDown(int instructions) {
        visitor.visitIincInsn(LEFT, -instructions);
        framed = false;
    }

    private void array(int register) {
        if (register >= FLOATS) {
            constantOfClass(RegionLoader.FLOATS, "[J");
            push(register - FLOATS);
        } else {
            local(Opcodes.ALOAD, X);
            push(register);
        }
    }

    void runtime() {
        constantOfClass(RegionLoader.RUNTIME, RUNTIME_TYPE);
    }

    /** Pushes whether the runtime wants the region to be left. */
    void pushLeave() {
        runtime();
        field(Opcodes.GETFIELD, RUNTIME, "leave", "Z");
    }

    /**
     * Calls a method of the runtime, whose arguments lie there, that executes an instruction; leaves the region if the
     * runtime wants it, else pops the instruction's result into a register.
     */
    void execute(String name, String type, int register) {
        call(Opcodes.INVOKEVIRTUAL, RUNTIME, name, type);
        local(Opcodes.LSTORE, VALUE);
        pushLeave();
        jump(Opcodes.IFNE, exit);
        local(Opcodes.LLOAD, VALUE);
        store(register);
    }

    /** Pushes an address of this page. */
    void pushAddress(int offset) {
        local(Opcodes.LLOAD, BASE);
        push((long) offset);
        op(Opcodes.LADD);
    }
}
