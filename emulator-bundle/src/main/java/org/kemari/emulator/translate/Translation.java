package org.kemari.emulator.translate;

import org.kemari.emulator.cpu.Region;
import org.kemari.emulator.cpu.RegionRequest;

/** Turns one request into one region. Any thread. */
final class Translation {
    /** What C2 is quick with, and a loop nest rarely needs more. */
    private static final int MAX_INSTRUCTIONS = Integer.getInteger("kemari.translator.instructions", 80);

    private Translation() {}

    /** Completes the request, or declines it; returns the length of its bytecode, 0 if there is none. */
    static int perform(RegionRequest request, PageAccess access) {
        PageCode code = new PageCode(request.page);
        for (int limit = MAX_INSTRUCTIONS; limit > 0; limit /= 2) {
            RegionPlan plan = RegionPlan.of(code, request.profile, request.entry, limit);
            if (!plan.worthwhile()) {
                break;
            }
            RegionWriter writer = new RegionWriter(plan, RegionLoader.CLASS_NAME, access);
            byte[] bytes = writer.write();
            if (writer.lengthBytes() <= RegionWriter.MAX_BYTES) {
                Region region = RegionLoader.load(bytes, request);
                region.describe(request.tlb, plan.blocks().get(0).need, writer.floats());
                request.complete(region, plan.ranges());
                return writer.lengthBytes();
            }
        }
        request.decline();
        return 0;
    }
}
