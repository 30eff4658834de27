package org.kemari.virtio;

/**
 * The device status field (virtio 1.1 §2.1) and which value may follow which (§3.1.1). The driver sets one bit after the
 * other and takes none back but by writing 0, which resets.
 */
final class DeviceStatus {
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int NEEDS_RESET = 64;
    static final int FAILED = 128;

    private static final int[][] LEGAL = {
        {0, ACKNOWLEDGE},
        {0, ACKNOWLEDGE | DRIVER},
        {ACKNOWLEDGE, ACKNOWLEDGE | DRIVER},
        {ACKNOWLEDGE | DRIVER, ACKNOWLEDGE | DRIVER | FEATURES_OK},
        {ACKNOWLEDGE | DRIVER | FEATURES_OK, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK},
    };

    private DeviceStatus() {}

    /** True if a driver may go from one value to the other; {@link #FAILED} may be added at any time. */
    static boolean legal(int from, int to) {
        if ((to & FAILED) != 0) {
            return (to & ~FAILED) == (from & ~FAILED);
        }
        for (int[] step : LEGAL) {
            if (step[0] == from && step[1] == to) {
                return true;
            }
        }
        return false;
    }
}
