package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.RegionRuntime;
import org.kemari.emulator.mmu.Tlb;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** Loads and stores: the TLB probe and the access inline, everything else a call of the runtime in a stub. */
final class MemoryEmitter {
    private final MethodCode code;
    private final PageAccess access;

    MemoryEmitter(MethodCode code, PageAccess access) {
        this.code = code;
        this.access = access;
    }

    static boolean handles(int op) {
        return op >= Op.LB && op <= Op.SD;
    }

    void emit(long word, int offset, int remaining, boolean fourBytes) {
        int op = Op.op(word);
        int rs1 = (int) word >>> 14 & 63;
        long immediate = word >> 32;
        if (op < Op.SB) {
            int rd = Op.rd(word);
            int site = RegionRuntime.site(offset, remaining, fourBytes, rd, op - Op.LB);
            load(rs1, immediate, op, site, () -> code.store(rd));
        } else {
            int rs2 = (int) word >>> 20 & 63;
            int site = RegionRuntime.site(offset, remaining, fourBytes, Op.SINK, 0);
            store(rs1, immediate, 1 << (op - Op.SB), site, () -> code.load(rs2));
        }
    }

    /** Loads as the operation {@code op} does; {@code take} pops the value. */
    void load(int rs1, long immediate, int op, int site, Runnable take) {
        int size = size(op);
        Label slow = new Label();
        Label resume = new Label();
        probe(rs1, immediate, size, RegionLoader.LOAD_TAG, slow);
        access.prepare(code, RegionLoader.LOAD_PAGE, size);
        access.get(code, size);
        extend(op);
        take.run();
        code.label(resume);
        code.stubs.add(() -> {
            code.label(slow);
            code.runtime();
            code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
            code.local(Opcodes.LLOAD, MethodCode.LEFT);
            code.push(site);
            code.call(Opcodes.INVOKEVIRTUAL, MethodCode.RUNTIME, "load", "(JJI)J");
            code.local(Opcodes.LSTORE, MethodCode.VALUE);
            code.leaveIfAsked();
            code.local(Opcodes.LLOAD, MethodCode.VALUE);
            take.run();
            code.jump(Opcodes.GOTO, resume);
        });
    }

    /** Stores the low bytes of the long that {@code value} pushes. */
    void store(int rs1, long immediate, int size, int site, Runnable value) {
        Label slow = new Label();
        Label resume = new Label();
        probe(rs1, immediate, size, RegionLoader.STORE_TAG, slow);
        access.prepare(code, RegionLoader.STORE_PAGE, size);
        value.run();
        if (size != 8) {
            code.op(Opcodes.L2I);
        }
        if (size < 4) {
            code.op(size == 1 ? Opcodes.I2B : Opcodes.I2S);
        }
        access.set(code, size);
        code.label(resume);
        code.stubs.add(() -> {
            code.label(slow);
            code.runtime();
            code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
            value.run();
            code.local(Opcodes.LLOAD, MethodCode.LEFT);
            code.push(site);
            code.push(size);
            code.call(Opcodes.INVOKEVIRTUAL, MethodCode.RUNTIME, "store", "(JJJII)V");
            code.leaveIfAsked();
            code.jump(Opcodes.GOTO, resume);
        });
    }

    /** From what an access of this width gives to a register's value. */
    private void extend(int op) {
        switch (op) {
            case Op.LBU, Op.LHU -> {
                code.push(op == Op.LBU ? 0xff : 0xffff);
                code.op(Opcodes.IAND);
                code.op(Opcodes.I2L);
            }
            case Op.LWU -> {
                code.op(Opcodes.I2L);
                code.push(0xffff_ffffL);
                code.op(Opcodes.LAND);
            }
            case Op.LD -> {}
            default -> code.op(Opcodes.I2L);
        }
    }

    private static int size(int op) {
        return switch (op) {
            case Op.LB, Op.LBU -> 1;
            case Op.LH, Op.LHU -> 2;
            case Op.LW, Op.LWU -> 4;
            default -> 8;
        };
    }

    /**
     * Computes the address and looks it up; goes to {@code slow} if the TLB does not answer. The tag is compared with the
     * page of the last byte: one that lies in the next page finds another page's tag in the first one's entry.
     */
    private void probe(int rs1, long immediate, int size, String tags, Label slow) {
        code.load(rs1);
        if (immediate != 0) {
            code.push(immediate);
            code.op(Opcodes.LADD);
        }
        code.op(Opcodes.DUP2);
        code.local(Opcodes.LSTORE, MethodCode.ADDRESS);
        code.push(12);
        code.op(Opcodes.LUSHR);
        code.op(Opcodes.L2I);
        code.push(Tlb.MASK);
        code.op(Opcodes.IAND);
        code.local(Opcodes.ISTORE, MethodCode.INDEX);
        code.constantOfClass(tags, "[J");
        code.local(Opcodes.ILOAD, MethodCode.INDEX);
        code.op(Opcodes.LALOAD);
        code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
        if (size > 1) {
            code.push((long) size - 1);
            code.op(Opcodes.LADD);
        }
        code.push(12);
        code.op(Opcodes.LUSHR);
        code.op(Opcodes.LCMP);
        code.jump(Opcodes.IFNE, slow);
    }
}
