package org.kemari.emulator.translate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.Region;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Writes the class of one region. It is written twice: the first time to find out which registers it uses. */
final class RegionWriter {
    /** HotSpot leaves methods of more than 8,000 bytes uncompiled for ever. */
    static final int MAX_BYTES = 7_900;

    /** A jump to one of a few blocks compares its address with each of theirs. */
    private static final int MAX_COMPARED = 3;

    private static final String SUPER = Type.getInternalName(Region.class);

    private final RegionPlan plan;
    private final String name;
    private final PageAccess access;
    private final Map<BasicBlock, SharedProbe[]> probes = new HashMap<>();
    private boolean floats;
    private int lengthBytes;

    RegionWriter(RegionPlan plan, String name, PageAccess access) {
        this.plan = plan;
        this.access = access;
        this.name = name;
    }

    /** Length of the method's bytecode; after {@link #write}. */
    int lengthBytes() {
        return lengthBytes;
    }

    boolean floats() {
        return floats;
    }

    byte[] write() {
        floats = plan.blocks().stream().anyMatch(RegionWriter::hasFloats);
        List<BasicBlock> loops = plan.loops();
        KeptPages kept = new KeptPages(loops);
        int pages = 0;
        for (BasicBlock block : plan.blocks()) {
            boolean inLoop = loops.contains(block);
            SharedProbe[] shared = inLoop ? SharedProbe.of(block, kept) : SharedProbe.of(block);
            probes.put(block, shared);
            for (SharedProbe probe : shared) {
                pages = Math.max(pages, probe == null || probe.kept ? 0 : probe.number + 1);
            }
        }
        BitSet used = new BitSet();
        BitSet written = new BitSet();
        body(new MethodCode(new MethodVisitor(Opcodes.ASM9) {}, name, pages, kept.count(), used, written));
        ClassWriter out = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        out.visit(Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, name, null, SUPER, null);
        RegionLoader.declareConstants(out, name);
        MethodVisitor method = out.visitMethod(Opcodes.ACC_PUBLIC, "run", "([JJJ)J", null, null);
        method.visitCode();
        body(new MethodCode(method, name, pages, kept.count(), used, written));
        Label end = new Label();
        method.visitLabel(end);
        method.visitMaxs(0, 0);
        method.visitEnd();
        lengthBytes = end.getOffset();
        out.visitEnd();
        return out.toByteArray();
    }

    private static boolean hasFloats(BasicBlock block) {
        for (long word : block.words) {
            if (Op.op(word) == Op.RARE && FloatEmitter.handles((int) (word >> 32))) {
                return true;
            }
        }
        return false;
    }

    private void body(MethodCode code) {
        new Body(code).write();
    }

    /** One pass. */
    private final class Body {
        private final MethodCode code;
        private final IntegerEmitter integers;
        private final MemoryEmitter memory;
        private final AtomicEmitter atomics;
        private final CsrEmitter csrs;
        private final FloatEmitter floating;
        private final Map<BasicBlock, Label> labels = new HashMap<>();
        private final Map<Integer, Label> exits = new HashMap<>();

        Body(MethodCode code) {
            this.code = code;
            integers = new IntegerEmitter(code);
            memory = new MemoryEmitter(code, access);
            atomics = new AtomicEmitter(code);
            csrs = new CsrEmitter(code);
            floating = new FloatEmitter(code, memory);
        }

        void write() {
            code.prologue(floats);
            List<BasicBlock> blocks = plan.blocks();
            blocks.forEach(block -> labels.put(block, new Label()));
            for (int i = 0; i < blocks.size(); i++) {
                block(blocks.get(i), i + 1 < blocks.size() ? blocks.get(i + 1) : null);
            }
            code.stubs.write();
            code.epilogue();
        }

        private void block(BasicBlock block, BasicBlock behind) {
            code.label(labels.get(block));
            code.countDown(block.count());
            int last = block.count() - 1;
            for (int i = 0; i < last; i++) {
                instruction(block, i);
            }
            switch (block.end) {
                case BRANCH -> {
                    branch(block.last(), edge(block, block.taken, plan.taken(block)));
                    fall(block, behind);
                }
                case JUMP -> jump(block, behind);
                case INDIRECT -> indirect(block);
                case FALL -> {
                    instruction(block, last);
                    fall(block, behind);
                }
            }
        }

        private void instruction(BasicBlock block, int index) {
            long word = block.words[index];
            int op = Op.op(word);
            MemoryEmitter.Place place = place(block, index);
            boolean fourBytes = block.offsets[index + 1] - place.offset() == 4;
            if (MemoryEmitter.handles(op)) {
                memory.emit(word, place);
            } else if (op == Op.SYSTEM) {
                csrs.emit((int) (word >> 32), place.offset(), place.remaining());
            } else if (op == Op.RARE) {
                int raw = (int) (word >> 32);
                if (AtomicEmitter.handles(raw)) {
                    atomics.emit(raw, place.offset(), place.remaining(), fourBytes);
                } else {
                    floating.emit(raw, place);
                }
            } else {
                integers.emit(word);
            }
        }

        private MemoryEmitter.Place place(BasicBlock block, int index) {
            SharedProbe probe = probes.get(block)[index];
            return new MemoryEmitter.Place(
                    block.offsets[index], block.count() - index, probe, probe != null && probe.first == index);
        }

        private void branch(long word, Label taken) {
            int rs1 = (int) word >>> 14 & 63;
            int rs2 = (int) word >>> 20 & 63;
            int op = Op.op(word);
            code.load(rs1);
            code.load(rs2);
            if (op == Op.BLTU || op == Op.BGEU) {
                code.call(Opcodes.INVOKESTATIC, "java/lang/Long", "compareUnsigned", "(JJ)I");
            } else {
                code.op(Opcodes.LCMP);
            }
            code.jump(
                    switch (op) {
                        case Op.BEQ -> Opcodes.IFEQ;
                        case Op.BNE -> Opcodes.IFNE;
                        case Op.BLT, Op.BLTU -> Opcodes.IFLT;
                        default -> Opcodes.IFGE;
                    },
                    taken);
        }

        /** Goes on with the next instruction; {@code behind} is the block that is written next. */
        private void fall(BasicBlock block, BasicBlock behind) {
            go(block, block.next(), plan.behind(block), behind);
        }

        private void jump(BasicBlock block, BasicBlock behind) {
            link(block);
            go(block, block.taken, plan.taken(block), behind);
        }

        private void go(BasicBlock from, int target, BasicBlock to, BasicBlock behind) {
            if (to == null || to != behind || RegionPlan.retreats(from, to)) {
                code.jump(Opcodes.GOTO, edge(from, target, to));
            }
        }

        /** Puts the address behind the block's last instruction into that one's destination. */
        private void link(BasicBlock block) {
            int rd = Op.rd(block.last());
            if (rd != Op.SINK) {
                code.pushAddress(block.next());
                code.store(rd);
            }
        }

        private void indirect(BasicBlock block) {
            long word = block.last();
            code.load((int) word >>> 14 & 63);
            code.push(word >> 32);
            code.op(Opcodes.LADD);
            code.push(-2L);
            code.op(Opcodes.LAND);
            code.local(Opcodes.LSTORE, MethodCode.VALUE);
            link(block);
            if (block.targets.length > MAX_COMPARED) {
                select(block);
                return;
            }
            for (int target : block.targets) {
                code.local(Opcodes.LLOAD, MethodCode.VALUE);
                code.pushAddress(target);
                code.op(Opcodes.LCMP);
                code.jump(Opcodes.IFEQ, edge(block, target, plan.at(target)));
            }
            code.jump(Opcodes.GOTO, code.exit);
        }

        /** Goes on in one of many blocks of the page. */
        private void select(BasicBlock block) {
            code.local(Opcodes.LLOAD, MethodCode.VALUE);
            code.local(Opcodes.LLOAD, MethodCode.BASE);
            code.op(Opcodes.LSUB);
            code.local(Opcodes.LSTORE, MethodCode.ADDRESS);
            code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
            code.push(-(long) PageCode.PAGE_BYTES);
            code.op(Opcodes.LAND);
            code.push(0L);
            code.op(Opcodes.LCMP);
            code.jump(Opcodes.IFNE, code.exit);
            code.local(Opcodes.LLOAD, MethodCode.ADDRESS);
            code.op(Opcodes.L2I);
            Label[] labels = Arrays.stream(block.targets)
                    .mapToObj(target -> edge(block, target, plan.at(target)))
                    .toArray(Label[]::new);
            code.lookup(block.targets, labels, code.exit);
        }

        /** Where an edge leads: to a block, to a look at what is left before one, or out. */
        private Label edge(BasicBlock from, int target, BasicBlock to) {
            if (to == null) {
                return exit(target);
            }
            return RegionPlan.retreats(from, to) ? check(to) : labels.get(to);
        }

        private Label exit(int target) {
            return exits.computeIfAbsent(target, offset -> {
                Label label = new Label();
                code.stubs.add(() -> {
                    code.label(label);
                    code.pushAddress(offset);
                    code.local(Opcodes.LSTORE, MethodCode.VALUE);
                    code.jump(Opcodes.GOTO, code.exit);
                });
                return label;
            });
        }

        private Label check(BasicBlock to) {
            Label label = new Label();
            code.stubs.add(() -> {
                code.label(label);
                code.local(Opcodes.ILOAD, MethodCode.LEFT);
                code.push(to.need);
                code.jump(Opcodes.IF_ICMPGE, labels.get(to));
                code.jump(Opcodes.GOTO, exit(to.start));
            });
            return label;
        }
    }
}
