package org.kemari.api.tap;

/**
 * What a tap holds.
 *
 * @param armed true if outputs are held
 * @param epoch running epoch
 * @param heldOutputs how many
 * @param heldBytes how much
 * @param maxHeldBytes at this bound the guest is throttled
 * @param throttled true if it is
 */
public record TapStatus(
        boolean armed, long epoch, int heldOutputs, long heldBytes, long maxHeldBytes, boolean throttled) {}
