package org.kemari.emulator.translate;

import java.lang.reflect.Field;
import org.objectweb.asm.Opcodes;

/**
 * How translated code reads and writes a page's bytes. {@code sun.misc.Unsafe}, where the JVM still has it, is one node
 * to the compilers; a {@code VarHandle}, the other way, is as fast once compiled, but each access is a chain of methods
 * to inline, and a guest's boot is bound by how fast HotSpot compiles. Offsets are checked before: a TLB hit says that
 * all bytes lie in the page.
 */
enum PageAccess {
    UNSAFE {
        @Override
        void prepare(MethodCode code, int size, Runnable page, Runnable offset) {
            code.constantOfClass(RegionLoader.UNSAFE, UNSAFE_TYPE);
            page.run();
            offset.run();
            code.push(BASE_OFFSET);
            code.op(Opcodes.LADD);
        }

        @Override
        void get(MethodCode code, int size) {
            code.call(
                    Opcodes.INVOKEVIRTUAL,
                    UNSAFE_CLASS,
                    "get" + NAMES[size],
                    "(Ljava/lang/Object;J)" + DESCRIPTORS[size]);
        }

        @Override
        void set(MethodCode code, int size) {
            code.call(
                    Opcodes.INVOKEVIRTUAL,
                    UNSAFE_CLASS,
                    "put" + NAMES[size],
                    "(Ljava/lang/Object;J" + DESCRIPTORS[size] + ")V");
        }
    },
    VAR_HANDLE {
        @Override
        void prepare(MethodCode code, int size, Runnable page, Runnable offset) {
            if (size > 1) {
                code.field(
                        Opcodes.GETSTATIC,
                        MethodCode.RUNTIME,
                        NAMES[size].toUpperCase(java.util.Locale.ROOT),
                        "Ljava/lang/invoke/VarHandle;");
            }
            page.run();
            offset.run();
            code.op(Opcodes.L2I);
        }

        @Override
        void get(MethodCode code, int size) {
            if (size == 1) {
                code.op(Opcodes.BALOAD);
            } else {
                code.call(Opcodes.INVOKEVIRTUAL, "java/lang/invoke/VarHandle", "get", "([BI)" + DESCRIPTORS[size]);
            }
        }

        @Override
        void set(MethodCode code, int size) {
            if (size == 1) {
                code.op(Opcodes.BASTORE);
            } else {
                code.call(
                        Opcodes.INVOKEVIRTUAL, "java/lang/invoke/VarHandle", "set", "([BI" + DESCRIPTORS[size] + ")V");
            }
        }
    };

    static final String UNSAFE_CLASS = "sun/misc/Unsafe";
    static final String UNSAFE_TYPE = "L" + UNSAFE_CLASS + ";";

    /** The JVM's Unsafe, or null: found by reflection, so that neither compiling nor starting depends on it. */
    static final Object UNSAFE_INSTANCE = findUnsafe();

    /** Where the first element of a byte array lies. */
    private static final long BASE_OFFSET = baseOffset();

    private static final String[] NAMES = {"", "Byte", "Short", "", "Int", "", "", "", "Long"};
    private static final String[] DESCRIPTORS = {"", "B", "S", "", "I", "", "", "", "J"};

    /** The way of this JVM. */
    static PageAccess best() {
        return UNSAFE_INSTANCE == null ? VAR_HANDLE : UNSAFE;
    }

    private static Object findUnsafe() {
        try {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // A JVM or a container without it: the other way is there for that.
            return null;
        }
    }

    private static long baseOffset() {
        if (UNSAFE_INSTANCE == null) {
            return 0;
        }
        try {
            return ((Number) UNSAFE_INSTANCE
                            .getClass()
                            .getMethod("arrayBaseOffset", Class.class)
                            .invoke(UNSAFE_INSTANCE, byte[].class))
                    .longValue();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("an Unsafe that does not know where arrays begin", e);
        }
    }

    /** Pushes what an access needs before its value; {@code page} and {@code offset}, a long, push what they are named after. */
    abstract void prepare(MethodCode code, int size, Runnable page, Runnable offset);

    /** Replaces that by the value. */
    abstract void get(MethodCode code, int size);

    /** Pops that and the value, an int unless it is 8 bytes wide. */
    abstract void set(MethodCode code, int size);
}
