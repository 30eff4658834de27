package org.kemari.emulator.machine;

import java.util.HashMap;
import java.util.Map;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.ram.Ram;

/** Makes a device only to see whether it can be made, and closes it. It never goes live. */
final class DeviceTrial {
    private final DeviceHost host;
    private final DeviceModels models;

    /** @param vm whose devices they would be; the trial has a name of its own, so that no tap takes them for its VM's */
    DeviceTrial(String vm, Ram ram, DeviceModels models) {
        this.host = new TrialHost("trial of " + vm, ram, level -> {}, new InputQueue(new Signal()));
        this.models = models;
    }

    void make(DeviceSpec spec) throws MachineConfigException {
        DeviceFactory factory = models.find(spec.type())
                .orElseThrow(() -> new MachineConfigException("device " + spec.name() + " is of type " + spec.type()
                        + ", for which no bundle is started; install or start the one that has it"));
        Device device = factory.create(spec, host);
        device.close();
    }

    /** True if both end in the same image, network or console, in whatever manner they use it. */
    static boolean sameEnd(DeviceSpec a, DeviceSpec b) {
        return a.type().equals(b.type()) && end(a).equals(end(b));
    }

    private static Map<String, String> end(DeviceSpec spec) {
        Map<String, String> end = new HashMap<>(spec.properties());
        end.remove(DeviceSpec.READ_ONLY);
        end.remove(DeviceSpec.SHARED);
        end.remove(DeviceSpec.MAC);
        return end;
    }

    private record TrialHost(String vm, GuestMemory memory, InterruptLine interrupt, Inbox inbox)
            implements DeviceHost {}
}
