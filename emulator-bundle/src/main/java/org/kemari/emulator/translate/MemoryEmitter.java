package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.Region;
import org.kemari.emulator.mmu.Tlb;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** Loads and stores: the TLB probe and the access inline, all else is left to the interpreter. */
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

    /**
     * What an access needs to know of its place.
     *
     * @param offset in its page
     * @param remaining instructions of its basic block that are not executed before it
     * @param probe that it shares or keeps, or null
     * @param first it is the first with that probe
     */
    record Place(int offset, int remaining, SharedProbe probe, boolean first) {}

    /** The half of the TLB that answers. */
    private enum Half {
        LOADS(RegionLoader.LOAD_TAG, RegionLoader.LOAD_PAGE),
        STORES(RegionLoader.STORE_TAG, RegionLoader.STORE_PAGE);

        private final String tags;
        private final String pages;

        Half(String tags, String pages) {
            this.tags = tags;
            this.pages = pages;
        }
    }

    void emit(long word, Place place) {
        int op = Op.op(word);
        int rs1 = (int) word >>> 14 & 63;
        long immediate = word >> 32;
        if (op < Op.SB) {
            int rd = Op.rd(word);
            load(rs1, immediate, op, place, () -> code.store(rd));
        } else {
            int rs2 = (int) word >>> 20 & 63;
            store(rs1, immediate, size(op), place, () -> code.load(rs2));
        }
    }

    /** Loads as the operation {@code op} does; {@code take} pops the value. */
    void load(int rs1, long immediate, int op, Place place, Runnable take) {
        int size = size(op);
        find(rs1, immediate, size, place, Half.LOADS);
        access.get(code, size);
        extend(op);
        take.run();
    }

    /** Stores the low bytes of the long that {@code value} pushes. */
    void store(int rs1, long immediate, int size, Place place, Runnable value) {
        find(rs1, immediate, size, place, Half.STORES);
        value.run();
        if (size != 8) {
            code.op(Opcodes.L2I);
        }
        if (size < 4) {
            code.op(size == 1 ? Opcodes.I2B : Opcodes.I2S);
        }
        access.set(code, size);
    }

    /** Pushes what an access of RAM needs, or leaves. */
    private void find(int rs1, long immediate, int size, Place place, Half half) {
        SharedProbe probe = place.probe;
        if (probe == null) {
            Label missed = missed(place);
            look(rs1, immediate, size, true, half, MethodCode.LONE_PAGE, missed);
            known(MethodCode.LONE_PAGE, missed);
            access.prepare(code, size, () -> code.local(Opcodes.ALOAD, MethodCode.LONE_PAGE), () -> {
                code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
                offsetInPage();
            });
        } else if (probe.kept) {
            if (place.first) {
                keep(rs1, place, size, half);
            }
            int page = code.keptPage(probe.number);
            access.prepare(code, size, () -> code.local(Opcodes.ALOAD, page), () -> {
                if (probe.shared()) {
                    fromPage(rs1, immediate, probe);
                } else {
                    code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
                }
            });
        } else {
            int page = code.page(probe.number);
            if (place.first) {
                Label missed = missed(place);
                look(rs1, probe.low(), probe.spanBytes(), false, half, page, missed);
                known(page, missed);
            }
            access.prepare(code, size, () -> code.local(Opcodes.ALOAD, page), () -> {
                sum(rs1, immediate);
                offsetInPage();
            });
        }
    }

    /**
     * Sees to it that the kept page is the one in which all accesses lie, or leaves. An access of its own is compared with
     * low bits, as in {@link #look}, and leaves its offset in ADDRESS; of a span, both ends have to lie in the page.
     */
    private void keep(int rs1, Place place, int size, Half half) {
        SharedProbe probe = place.probe;
        boolean single = !probe.shared();
        Label other = new Label();
        Label resume = new Label();
        Label missed = missed(place);
        fromPage(rs1, probe.low(), probe);
        if (single) {
            code.op(Opcodes.DUP2);
            code.local(Opcodes.LSTORE, MethodCode.ADDRESS);
            code.push(-4096L | size - 1);
        } else {
            fromPage(rs1, probe.low() + probe.spanBytes() - 1, probe);
            code.op(Opcodes.LOR);
            code.push(-4096L);
        }
        code.op(Opcodes.LAND);
        code.op(Opcodes.LCONST_0);
        code.op(Opcodes.LCMP);
        code.jump(Opcodes.IFNE, other);
        code.label(resume);
        // It is null if the guest computed the very address that stands for no page.
        known(code.keptPage(probe.number), missed);
        code.stubs.add(() -> {
            code.label(other);
            look(rs1, probe.low(), probe.spanBytes(), single, half, code.keptPage(probe.number), missed);
            code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
            code.push(-4096L);
            code.op(Opcodes.LAND);
            code.local(Opcodes.LSTORE, code.keptAddress(probe.number));
            if (single) {
                code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
                offsetInPage();
                code.local(Opcodes.LSTORE, MethodCode.ADDRESS);
            }
            code.jump(Opcodes.GOTO, resume);
        });
    }

    /** Pushes how far an address lies behind the beginning of the kept page. */
    private void fromPage(int rs1, long immediate, SharedProbe probe) {
        sum(rs1, immediate);
        code.local(Opcodes.LLOAD, code.keptAddress(probe.number));
        code.op(Opcodes.LSUB);
    }

    private void offsetInPage() {
        code.push(4095L);
        code.op(Opcodes.LAND);
    }

    /**
     * Leaves if a page is null. A page found never is, but C2 has to be told: what is accessed off null could be any
     * memory to it, and nothing is moved across that.
     */
    private void known(int page, Label missed) {
        code.local(Opcodes.ALOAD, page);
        code.jump(Opcodes.IFNULL, missed);
    }

    /**
     * Where an access goes that the TLB does not answer: out, for the interpreter to execute it. If the way led back,
     * registers would have two origins behind each access, which takes HotSpot twice as long to compile.
     */
    private Label missed(Place place) {
        Label label = new Label();
        code.stubs.add(() -> {
            code.label(label);
            code.countDown(-place.remaining);
            code.pushAddress(place.offset + Region.MISSED);
            code.local(Opcodes.LSTORE, MethodCode.VALUE);
            code.jump(Opcodes.GOTO, code.missed());
        });
        return label;
    }

    private void sum(int rs1, long immediate) {
        code.load(rs1);
        if (immediate != 0) {
            code.push(immediate);
            code.op(Opcodes.LADD);
        }
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

    static int size(int op) {
        return switch (op) {
            case Op.LB, Op.LBU, Op.SB -> 1;
            case Op.LH, Op.LHU, Op.SH -> 2;
            case Op.LW, Op.LWU, Op.SW -> 4;
            default -> 8;
        };
    }

    /**
     * Computes an address and puts its page into a local; goes to {@code missed} if the TLB does not answer. A span that
     * ends in the next page finds another page's tag in the first one's entry. For an access of its own, low bits of the
     * address are compared too: one that is not aligned is left to the interpreter, whether it crosses into the next page
     * or not.
     */
    private void look(int rs1, long immediate, int lengthBytes, boolean aligned, Half half, int page, Label missed) {
        sum(rs1, immediate);
        code.op(Opcodes.DUP2);
        code.local(Opcodes.LSTORE, MethodCode.ADDRESS);
        code.push(12);
        code.op(Opcodes.LUSHR);
        code.op(Opcodes.L2I);
        code.push(Tlb.MASK);
        code.op(Opcodes.IAND);
        code.local(Opcodes.ISTORE, MethodCode.INDEX);
        code.constantOfClass(half.tags, "[J");
        code.local(Opcodes.ILOAD, MethodCode.INDEX);
        code.op(Opcodes.LALOAD);
        code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
        if (aligned) {
            code.push(-4096L | lengthBytes - 1);
        } else {
            code.push((long) lengthBytes - 1);
            code.op(Opcodes.LADD);
            code.push(-4096L);
        }
        code.op(Opcodes.LAND);
        code.op(Opcodes.LCMP);
        code.jump(Opcodes.IFNE, missed);
        code.constantOfClass(half.pages, "[[B");
        code.local(Opcodes.ILOAD, MethodCode.INDEX);
        code.op(Opcodes.AALOAD);
        code.local(Opcodes.ASTORE, page);
    }
}
