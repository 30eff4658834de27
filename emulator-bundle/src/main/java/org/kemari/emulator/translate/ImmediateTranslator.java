package org.kemari.emulator.translate;

import java.util.function.IntSupplier;
import org.kemari.emulator.cpu.CodeTranslator;
import org.kemari.emulator.cpu.RegionRequest;

/** Translates at once, on the thread that asks: for tests and measurements of what must not depend on when. */
public class ImmediateTranslator implements CodeTranslator {
    private final IntSupplier thresholds;
    private final int maxRegions;
    private final PageAccess access;

    /** @param thresholds gives the threshold of each next block, at least 1 */
    public ImmediateTranslator(IntSupplier thresholds, int maxRegions) {
        this(thresholds, maxRegions, PageAccess.best());
    }

    private ImmediateTranslator(IntSupplier thresholds, int maxRegions, PageAccess access) {
        this.thresholds = thresholds;
        this.maxRegions = maxRegions;
        this.access = access;
    }

    /** Translates as on a JVM without {@code sun.misc.Unsafe}. */
    public static ImmediateTranslator withoutUnsafe(IntSupplier thresholds, int maxRegions) {
        return new ImmediateTranslator(thresholds, maxRegions, PageAccess.VAR_HANDLE);
    }

    @Override
    public int threshold() {
        return thresholds.getAsInt();
    }

    @Override
    public int maxRegions() {
        return maxRegions;
    }

    @Override
    public boolean submit(RegionRequest request) {
        translated(Translation.perform(request, access));
        return true;
    }

    /** After each translation; {@code lengthBytes} is 0 where nothing could be translated. */
    protected void translated(int lengthBytes) {}
}
