package org.kemari.eventtap;

/**
 * At either bound the guest is throttled.
 *
 * @param maxHeldBytes payload of held outputs and recorded disk changes
 * @param maxHeldOutputs their number
 */
public record TapBounds(long maxHeldBytes, int maxHeldOutputs) {
    static final TapBounds DEFAULT = new TapBounds(64L << 20, 16_384);

    public TapBounds {
        if (maxHeldBytes < 65_536) {
            throw new IllegalArgumentException("held.bytes=" + maxHeldBytes + " is too little; use 65536 or more");
        }
        if (maxHeldOutputs < 16) {
            throw new IllegalArgumentException("held.outputs=" + maxHeldOutputs + " is too little; use 16 or more");
        }
    }
}
