package org.kemari.emulator.cpu;

/** Makes {@link Region}s of hot code. */
public interface CodeTranslator {
    /** One that never does. */
    CodeTranslator NONE = new CodeTranslator() {
        @Override
        public int threshold() {
            return Integer.MAX_VALUE;
        }

        @Override
        public boolean submit(RegionRequest request) {
            return false;
        }

        @Override
        public int maxRegions() {
            return 0;
        }
    };

    /** How often a block is executed before it is worth translating; asked again for each block, at least 1. */
    int threshold();

    /**
     * A block that is executed less often than once in so many instructions of its hart is not worth translating, however
     * often that was; at least 1. No bound, unless a translator has one.
     */
    default long maxInstructionsPerExecution() {
        return Long.MAX_VALUE;
    }

    /**
     * One that is executed less often than that is worth it all the same if it is executed once in so many instructions
     * that are interpreted; 0, which is never, unless a translator says more.
     */
    default long maxInterpretedPerExecution() {
        return 0;
    }

    /** Bound of the regions that one hart keeps. */
    int maxRegions();

    /**
     * Takes a request, or refuses it if too many wait; the request is completed on any thread, in this call at the
     * earliest. Machine thread; never waits.
     */
    boolean submit(RegionRequest request);
}
