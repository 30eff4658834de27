package org.kemari.virtio;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what a guest did wrong, without letting it fill the log: the first time, then each time that the count has
 * doubled. A device has no clock to limit by.
 */
final class GuestFaultLog {
    private static final Logger LOG = LoggerFactory.getLogger(GuestFaultLog.class);

    private final String vm;
    private final String device;
    private long count;

    GuestFaultLog(String vm, String device) {
        this.vm = vm;
        this.device = device;
    }

    void needsReset(String what) {
        if (Long.bitCount(++count) == 1) {
            LOG.warn("vm={} device={} guest fault {}: {}; the device needs a reset", vm, device, count, what);
        }
    }

    void ignored(String what, long value) {
        if (Long.bitCount(++count) == 1) {
            LOG.debug(
                    "vm={} device={} guest fault {}: {} 0x{}, ignored",
                    vm,
                    device,
                    count,
                    what,
                    Long.toHexString(value));
        }
    }
}
