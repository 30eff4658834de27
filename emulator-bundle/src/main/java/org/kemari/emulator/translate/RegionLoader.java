package org.kemari.emulator.translate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import org.kemari.emulator.cpu.Region;
import org.kemari.emulator.cpu.RegionRequest;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Binds a region's class to one hart's memory context: the TLB's arrays, the runtime and the floating-point registers
 * are static final fields, so the compiler has their addresses and lengths as constants. The class is hidden, and goes
 * when the last reference to its one instance does.
 */
final class RegionLoader {
    static final String LOAD_TAG = "LOAD_TAG";
    static final String LOAD_PAGE = "LOAD_PAGE";
    static final String STORE_TAG = "STORE_TAG";
    static final String STORE_PAGE = "STORE_PAGE";
    static final String RUNTIME = "RUNTIME";
    static final String FLOATS = "FLOATS";

    static final String UNSAFE = "UNSAFE";

    private static final String[] NAMES = {LOAD_TAG, LOAD_PAGE, STORE_TAG, STORE_PAGE, RUNTIME, FLOATS, UNSAFE};
    private static final String[] TYPES = {
        "[J",
        "[[B",
        "[J",
        "[[B",
        MethodCode.RUNTIME_TYPE,
        "[J",
        PageAccess.UNSAFE_INSTANCE == null ? "Ljava/lang/Object;" : PageAccess.UNSAFE_TYPE
    };
    private static final int FIELD = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL;
    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final String SELF = Type.getInternalName(RegionLoader.class);

    /** Hidden classes are named after this, in this package. */
    static final String CLASS_NAME = SELF.substring(0, SELF.lastIndexOf('/') + 1) + "TranslatedCode";

    private RegionLoader() {}

    /** For {@link #declareConstants}'s code: what a class of a region is bound to, in the order of its fields. */
    static Object[] constants(Lookup region) throws IllegalAccessException {
        return MethodHandles.classData(region, "_", Object[].class);
    }

    /** The fields, what fills them, and a constructor. */
    static void declareConstants(ClassWriter out, String name) {
        MethodVisitor start = out.visitMethod(Opcodes.ACC_STATIC, "<clinit>", "()V", null, null);
        start.visitCode();
        start.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                "java/lang/invoke/MethodHandles",
                "lookup",
                "()Ljava/lang/invoke/MethodHandles$Lookup;",
                false);
        start.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                SELF,
                "constants",
                "(Ljava/lang/invoke/MethodHandles$Lookup;)[Ljava/lang/Object;",
                false);
        for (int i = 0; i < NAMES.length; i++) {
            out.visitField(FIELD, NAMES[i], TYPES[i], null, null).visitEnd();
            start.visitInsn(Opcodes.DUP);
            start.visitIntInsn(Opcodes.BIPUSH, i);
            start.visitInsn(Opcodes.AALOAD);
            start.visitTypeInsn(Opcodes.CHECKCAST, Type.getType(TYPES[i]).getInternalName());
            start.visitFieldInsn(Opcodes.PUTSTATIC, name, NAMES[i], TYPES[i]);
        }
        start.visitInsn(Opcodes.POP);
        start.visitInsn(Opcodes.RETURN);
        start.visitMaxs(0, 0);
        start.visitEnd();
        MethodVisitor made = out.visitMethod(0, "<init>", "()V", null, null);
        made.visitCode();
        made.visitVarInsn(Opcodes.ALOAD, 0);
        made.visitMethodInsn(Opcodes.INVOKESPECIAL, Type.getInternalName(Region.class), "<init>", "()V", false);
        made.visitInsn(Opcodes.RETURN);
        made.visitMaxs(0, 0);
        made.visitEnd();
    }

    static Region load(byte[] bytes, RegionRequest request) {
        Object[] constants = {
            request.tlb.loadTag,
            request.tlb.loadPage,
            request.tlb.storeTag,
            request.tlb.storePage,
            request.runtime,
            request.runtime.f,
            PageAccess.UNSAFE_INSTANCE
        };
        try {
            Lookup defined = LOOKUP.defineHiddenClassWithClassData(bytes, constants, true);
            return (Region)
                    defined.findConstructor(defined.lookupClass(), java.lang.invoke.MethodType.methodType(void.class))
                            .invoke();
        } catch (Throwable e) {
            throw new IllegalStateException("a translated region does not load", e);
        }
    }
}
