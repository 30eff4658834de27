package org.kemari.emulator.machine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.board.MemoryMap;

/** Which devices find a place on the board. */
final class DevicePlaces {
    static final String UART_TYPE = "uart";

    private DevicePlaces() {}

    static void check(List<DeviceSpec> devices) throws MachineConfigException {
        Set<String> names = new HashSet<>();
        int uarts = 0;
        for (DeviceSpec spec : devices) {
            if (!names.add(spec.name())) {
                throw new MachineConfigException("device " + spec.name() + " is there twice; give each its own name");
            }
            uarts += spec.type().equals(UART_TYPE) ? 1 : 0;
        }
        if (uarts > 1) {
            throw new MachineConfigException("devices: " + uarts + " uart devices; this machine has place for 1");
        }
        int virtio = devices.size() - uarts;
        if (virtio > MemoryMap.VIRTIO_SLOTS) {
            throw new MachineConfigException("devices: " + virtio + " virtio devices (disks, nics, consoles, rng);"
                    + " this machine has slots for " + MemoryMap.VIRTIO_SLOTS);
        }
    }
}
