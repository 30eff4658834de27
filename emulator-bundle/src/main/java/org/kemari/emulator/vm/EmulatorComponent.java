package org.kemari.emulator.vm;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.machine.MachineFactory;
import org.kemari.api.machine.VmProblemListener;
import org.kemari.emulator.machine.DeviceModels;
import org.kemari.emulator.machine.VirtMachineBuilder;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes machines of device models that come and go as services. */
@Component(
        immediate = true,
        service = {MachineFactory.class, EmulatorComponent.class},
        property = MachineFactory.TYPE + "=" + MachineConfig.TYPE_RISCV64_VIRT)
public final class EmulatorComponent implements MachineFactory, VmHost {
    private static final Logger LOG = LoggerFactory.getLogger(EmulatorComponent.class);
    private static final int RNG_SEED_BYTES = 32;

    private final DeviceModels models = new DeviceModels();
    private final VirtMachineBuilder builder = new VirtMachineBuilder(models);
    private final Names names = new Names();
    private final List<VmProblemListener> listeners = new CopyOnWriteArrayList<>();
    private final SecureRandom random = new SecureRandom();

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addDeviceFactory(DeviceFactory factory) {
        models.add(factory);
    }

    void removeDeviceFactory(DeviceFactory factory) {
        models.remove(factory);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addVmProblemListener(VmProblemListener listener) {
        listeners.add(listener);
    }

    void removeVmProblemListener(VmProblemListener listener) {
        listeners.remove(listener);
    }

    @Override
    public DeviceModels models() {
        return models;
    }

    @Override
    public Names names() {
        return names;
    }

    @Override
    public Machine create(MachineConfig config) throws MachineConfigException {
        // Entropy for the guest's own generator. It is part of the initial state, in the device tree: from here on the
        // machine is deterministic.
        byte[] seed = new byte[RNG_SEED_BYTES];
        random.nextBytes(seed);
        return builder.create(config, seed);
    }

    @Override
    public void check(MachineConfig next, MachineConfig now) throws MachineConfigException {
        builder.check(next, now);
    }

    @Override
    public void problem(String vm, String message) {
        LOG.error("vm={} cannot be as configured: {}", vm, message);
        for (VmProblemListener listener : listeners) {
            try {
                listener.problem(vm, message);
            } catch (RuntimeException e) {
                LOG.warn("vm={} a listener failed", vm, e);
            }
        }
    }
}
