package org.kemari.emulator.translate;

import java.util.function.IntSupplier;
import org.kemari.emulator.cpu.CodeTranslator;
import org.kemari.emulator.cpu.RegionRequest;

/** Translates at once, on the thread that asks: for tests and measurements of what must not depend on when. */
public class ImmediateTranslator implements CodeTranslator {
    private final IntSupplier thresholds;
    private final int maxRegions;

    /** @param thresholds gives the threshold of each next block, at least 1 */
    public ImmediateTranslator(IntSupplier thresholds, int maxRegions) {
        this.thresholds = thresholds;
        this.maxRegions = maxRegions;
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
        Translation.perform(request);
        return true;
    }
}
