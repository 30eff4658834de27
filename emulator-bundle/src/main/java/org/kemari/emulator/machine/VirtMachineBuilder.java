package org.kemari.emulator.machine;

import java.util.List;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.state.StateFormatException;
import org.kemari.emulator.boot.BootPlan;
import org.kemari.emulator.cpu.PrivilegeMode;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.sbi.SupervisorBinaryInterface;
import org.kemari.emulator.snapshot.SnapshotReader;
import org.kemari.emulator.translate.Translator;

/** Builds machines: RAM filled, devices made, harts at their start, nothing running. */
public final class VirtMachineBuilder {
    private static final int A2 = 12;

    private final DeviceModels models;

    public VirtMachineBuilder(DeviceModels models) {
        this.models = models;
    }

    /**
     * Builds a machine in state CREATED.
     *
     * @param rngSeed entropy that a kernel finds in its device tree; empty for none. Part of the initial state.
     */
    public Machine create(MachineConfig config, byte[] rngSeed) throws MachineConfigException {
        checkType(config);
        DevicePlaces.check(config.devices());
        VirtBoard board = board(config, rngSeed);
        Signal signal = new Signal();
        InputQueue inbox = new InputQueue(signal);
        DeviceTraffic traffic = new DeviceTraffic(config.name(), board, inbox, signal, models);
        traffic.open();
        VirtMachine machine = null;
        try {
            if (config.restore().isPresent()) {
                board.restoreState(SnapshotReader.load(config.restore().get(), config, board.ram()));
            }
            machine = new VirtMachine(
                    config, board, inbox, traffic, signal, HostClock.SYSTEM, new Translator(config.name()));
        } catch (StateFormatException e) {
            throw new MachineConfigException(
                    "restore=" + config.restore().get() + " does not fit this machine: " + e.getMessage(), e);
        } finally {
            if (machine == null) {
                traffic.close();
                for (DeviceSlot slot : board.slots()) {
                    slot.close();
                }
            }
        }
        machine.open();
        return machine;
    }

    /**
     * Checks {@code config} beside the machine that runs as {@code now} and is to become it, making nothing that lasts.
     * Devices that end in something which the running machine has open are not tried: it may be locked by that.
     */
    public void check(MachineConfig config, MachineConfig now) throws MachineConfigException {
        checkType(config);
        DevicePlaces.check(config.devices());
        for (DeviceSpec spec : config.devices()) {
            if (models.find(spec.type()).isEmpty()) {
                throw new MachineConfigException("device " + spec.name() + " is of type " + spec.type()
                        + ", for which no bundle is started; install or start the one that has it");
            }
        }
        VirtBoard board = board(config, new byte[0]);
        if (config.restore().isPresent()) {
            SnapshotReader.load(config.restore().get(), config, board.ram());
        }
        DeviceTrial trial = new DeviceTrial(config.name(), board.ram(), models);
        for (DeviceSpec spec : config.devices()) {
            if (now.devices().stream().noneMatch(held -> DeviceTrial.sameEnd(held, spec))) {
                trial.make(spec);
            }
        }
    }

    private static void checkType(MachineConfig config) throws MachineConfigException {
        if (!config.type().equals(MachineConfig.TYPE_RISCV64_VIRT)) {
            throw new MachineConfigException(
                    "type=" + config.type() + " is unknown; use " + MachineConfig.TYPE_RISCV64_VIRT);
        }
    }

    static VirtBoard board(MachineConfig config, byte[] rngSeed) throws MachineConfigException {
        boolean builtin = config.firmware().equals(MachineConfig.FIRMWARE_BUILTIN);
        Ram ram = new Ram(config.memoryBytes());
        VirtBoard board = new VirtBoard(config.name(), ram, config.harts(), config.devices(), builtin);
        if (config.restore().isEmpty()) {
            List<DeviceSpec> devices = config.devices();
            int uarts = (int) devices.stream()
                    .filter(spec -> spec.type().equals(DevicePlaces.UART_TYPE))
                    .count();
            BootPlan plan = BootPlan.load(config, ram, uarts == 1, devices.size() - uarts, rngSeed);
            reset(board, plan);
        }
        return board;
    }

    private static void reset(VirtBoard board, BootPlan plan) {
        for (int id = 0; id < board.hartCount(); id++) {
            if (plan.supervisor()) {
                SupervisorBinaryInterface.startSupervisor(board.hart(id), plan.start(), plan.deviceTree());
            } else {
                board.hart(id).reset(plan.start(), PrivilegeMode.MACHINE, id, plan.deviceTree());
                board.hart(id).setX(A2, plan.firmwareInfo());
            }
        }
    }
}
