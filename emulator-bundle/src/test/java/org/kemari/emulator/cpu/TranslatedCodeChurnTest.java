package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.kemari.emulator.translate.ImmediateTranslator;

/**
 * A guest whose code comes and goes for as long as {@code kemari.churn.minutes} says, by default for an hour's worth of
 * what a boot makes, at many times its pace: what the JVM holds for it stays bounded, with no other garbage collection
 * than what the JVM begins by itself.
 */
class TranslatedCodeChurnTest {
    private static final double MINUTES = Double.parseDouble(System.getProperty("kemari.churn.minutes", "2"));
    private static final int MAX_REGIONS = 50;

    /** Regions translated a second on a machine that does much else; fewer would show nothing. */
    private static final int MIN_REGIONS_PER_SECOND = 50;

    /**
     * Twenty times what the translator's own thread lets through. Without a limit this thread makes ten thousand a
     * second, which is faster than a concurrent collection takes them back.
     */
    private static final int MAX_REGIONS_PER_SECOND = 2_000;

    /** What a JVM lets pile up before it collects and while it does; minutes of churn that were kept would be more. */
    private static final long MAX_METASPACE_BYTES = 128L << 20;

    /** What may be left after a collection. */
    private static final long MAX_KEPT_BYTES = 8L << 20;

    /** Classes that are neither regions nor there before: what the test itself and the JVM load meanwhile. */
    private static final int OTHER_CLASSES = 500;

    private static final long COLLECT_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    private final List<MemoryPoolMXBean> metaspace = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getName().equals("Metaspace"))
            .toList();
    private int translated;

    @Test
    void metaspaceStaysBoundedWhileRegionsAreEvictedAndCodeIsRewritten() throws Exception {
        BareBoard board = TranslatedCodeLimitsTest.manyFunctions();
        board.hart().translateWith(new ImmediateTranslator(() -> 10, MAX_REGIONS) {
            @Override
            protected void translated(int lengthBytes) {
                translated++;
            }
        });
        int classesBefore = classes.getLoadedClassCount();
        long metaspaceBefore = metaspaceBytes();
        long mostMetaspace = 0;
        long begun = System.nanoTime();
        long nanos = (long) (MINUTES * TimeUnit.MINUTES.toNanos(1));
        for (int round = 0; System.nanoTime() - begun < nanos; round++) {
            // All functions once or twice, of whose regions no more are kept than are allowed.
            board.hart().run(50_000);
            rewrite(board, round % TranslatedCodeLimitsTest.FUNCTIONS);
            long due = begun + translated * 1_000_000_000L / MAX_REGIONS_PER_SECOND;
            LockSupport.parkNanos(due - System.nanoTime());
            long taken = metaspaceBytes() - metaspaceBefore;
            mostMetaspace = Math.max(mostMetaspace, taken);
            assertTrue(
                    taken < MAX_METASPACE_BYTES,
                    taken + " bytes of metaspace after " + translated + " regions, of which "
                            + (classes.getLoadedClassCount() - classesBefore) + " classes are loaded");
        }
        System.out.println("churn: minutes=" + MINUTES + " regions=" + translated + " metaspace at most="
                + mostMetaspace + " classes loaded=" + (classes.getLoadedClassCount() - classesBefore));
        assertTrue(translated > nanos / 1_000_000_000.0 * MIN_REGIONS_PER_SECOND, translated + " regions: no churn");
        awaitUnloaded(classesBefore, metaspaceBefore);
    }

    /** What a device or a loader would do: an instruction of a function becomes another one. */
    private static void rewrite(BareBoard board, int function) throws Exception {
        long address =
                TranslatedCodeLimitsTest.FUNCTIONS_AT + (long) function * TranslatedCodeLimitsTest.FUNCTION_BYTES;
        int before = board.ram.readInt(address + 4);
        board.ram.writeInt(address + 4, Assembler.addi(Assembler.A0, Assembler.A0, (before >>> 20) + 1 & 1023));
    }

    /** Only what the last regions need is left, however many there were. */
    private void awaitUnloaded(int classesBefore, long metaspaceBefore) throws InterruptedException {
        long deadline = System.nanoTime() + COLLECT_LIMIT_NANOS;
        while (classes.getLoadedClassCount() - classesBefore > MAX_REGIONS + OTHER_CLASSES
                || metaspaceBytes() - metaspaceBefore > MAX_KEPT_BYTES) {
            assertTrue(
                    System.nanoTime() - deadline < 0,
                    "of " + translated + " regions, " + (classes.getLoadedClassCount() - classesBefore)
                            + " classes stay, and " + (metaspaceBytes() - metaspaceBefore) + " bytes of metaspace");
            System.gc();
            Thread.sleep(10);
        }
    }

    private long metaspaceBytes() {
        return metaspace.get(0).getUsage().getUsed();
    }
}
