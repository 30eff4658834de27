package org.kemari.api.tap;

import java.util.List;

/**
 * What an ended epoch said.
 *
 * @param epoch its number
 * @param outputs held frames and console bytes, in order: a backup sends them if it cannot know that the primary did
 * @param diskChanges writes, discards, zeroes and flushes to disks that are not shared, in order; already under way here
 */
public record SealedEpoch(long epoch, List<DeviceOutput> outputs, List<DeviceOutput> diskChanges) {
    public SealedEpoch {
        outputs = List.copyOf(outputs);
        diskChanges = List.copyOf(diskChanges);
    }

    /** An output and whose it is. */
    public record DeviceOutput(String device, Output output) {}
}
