package org.kemari.emulator.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.api.machine.MachineState;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.machine.DeviceModels;
import org.kemari.emulator.machine.VirtMachineBuilder;

class VmLifecycleTest {
    @TempDir
    Path folder;

    private final Host host = new Host();
    private final List<Machine> announced = new CopyOnWriteArrayList<>();
    private final List<VmLifecycle> lifecycles = new ArrayList<>();
    private final SilentUart uart = new SilentUart();
    private Map<String, Object> properties;

    /** A host without OSGi. */
    private static final class Host implements VmHost {
        private final DeviceModels models = new DeviceModels();
        private final VirtMachineBuilder builder = new VirtMachineBuilder(models);
        private final Names names = new Names();
        private final List<String> problems = new ArrayList<>();

        @Override
        public DeviceModels models() {
            return models;
        }

        @Override
        public Machine create(MachineConfig config) throws MachineConfigException {
            return builder.create(config, new byte[0]);
        }

        @Override
        public void check(MachineConfig next, MachineConfig now) throws MachineConfigException {
            builder.check(next, now);
        }

        @Override
        public Names names() {
            return names;
        }

        @Override
        public void problem(String vm, String message) {
            problems.add(vm + ": " + message);
        }
    }

    @BeforeEach
    void aProgramThatDoesNothing() throws Exception {
        ByteBuffer elf = ByteBuffer.allocate(124).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1).position(16);
        elf.putShort((short) 2)
                .putShort((short) 243)
                .putInt(1)
                .putLong(0x80000000L)
                .putLong(64);
        elf.putLong(0).putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 1);
        elf.position(64);
        elf.putInt(1).putInt(7).putLong(120).putLong(0x80000000L).putLong(0x80000000L);
        elf.putLong(4).putLong(4).putLong(4096);
        elf.putInt(0x6f); // j .
        Path kernel = Files.write(folder.resolve("idle.elf"), elf.array());
        properties =
                new HashMap<>(Map.of("name", "one", "memory", "4M", "kernel", kernel.toString(), "firmware", "none"));
        host.models.add(uart);
    }

    @AfterEach
    void closeAll() {
        lifecycles.forEach(VmLifecycle::close);
        assertTrue(announced.isEmpty());
    }

    private VmLifecycle lifecycle() {
        VmLifecycle lifecycle = new VmLifecycle(host, machine -> {
            announced.add(machine);
            return () -> announced.remove(machine);
        });
        lifecycles.add(lifecycle);
        return lifecycle;
    }

    private Machine only() {
        assertEquals(1, announced.size(), host.problems.toString());
        return announced.get(0);
    }

    private static void awaitState(Machine machine, MachineState state) {
        while (machine.status().state() != state) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aConfigurationBringsAVmUpAndItsEndTakesItDown() {
        VmLifecycle vm = lifecycle();
        vm.configure(properties);
        Machine machine = only();
        awaitState(machine, MachineState.RUNNING);
        vm.close();
        assertTrue(announced.isEmpty());
        assertEquals(MachineState.STOPPED, machine.status().state());
    }

    @Test
    void aSecondVmOfOneNameIsRefusedAndTheFirstRunsOn() {
        lifecycle().configure(properties);
        Machine first = only();
        lifecycle().configure(properties);
        assertSame(first, only());
        assertTrue(host.problems.get(0).contains("name=one is taken"), host.problems.toString());
    }

    @Test
    void aWrongChangeLeavesTheVmRunningAndIsNamed() {
        VmLifecycle vm = lifecycle();
        vm.configure(properties);
        Machine machine = only();
        for (String[] wrong : new String[][] {
            {"memory", "130000"},
            {"harts", "9"},
            {"kernel", "/nowhere"},
            {"colour", "red"},
            {"consoles", "paper"},
            {"type", "vax"},
            {"autostart", "perhaps"},
            {"memory", "much"}
        }) {
            Map<String, Object> changed = new HashMap<>(properties);
            changed.put(wrong[0], wrong[1]);
            host.problems.clear();
            vm.configure(changed);
            assertEquals(1, host.problems.size(), wrong[0]);
            String problem = host.problems.get(0);
            assertTrue(problem.contains(wrong[0] + "=" + wrong[1]) && problem.contains(";"), problem);
            assertSame(machine, only());
            awaitState(machine, MachineState.RUNNING);
        }
    }

    @Test
    void aRightChangeRestartsTheVmAndAutostartChangesIt() {
        VmLifecycle vm = lifecycle();
        properties.put("autostart", false);
        vm.configure(properties);
        Machine machine = only();
        assertEquals(MachineState.CREATED, machine.status().state());
        properties.put("autostart", true);
        vm.configure(properties);
        assertSame(machine, only());
        awaitState(machine, MachineState.RUNNING);
        properties.put("memory", "8M");
        vm.configure(properties);
        assertNotSame(machine, only());
        assertEquals(8 << 20, only().config().memoryBytes());
        assertEquals(MachineState.STOPPED, machine.status().state());
    }

    @Test
    void aDeviceThatCannotBeMadeIsRefusedWhileTheGuestRunsOn() {
        VmLifecycle vm = lifecycle();
        vm.configure(properties);
        Machine machine = only();
        properties.put("consoles", "tcp:broken");
        vm.configure(properties);
        assertTrue(host.problems.get(0).contains("target=broken"), host.problems.toString());
        assertSame(machine, only());
        awaitState(machine, MachineState.RUNNING);
    }

    @Test
    void aRefusedVmComesUpWhenItsNameIsFree() {
        VmLifecycle holder = lifecycle();
        holder.configure(properties);
        Machine first = only();
        lifecycle().configure(properties);
        lifecycle().configure(properties);
        assertEquals(2, host.problems.size());
        holder.close();
        assertNotSame(first, only());
        awaitState(only(), MachineState.RUNNING);
    }

    @Test
    void aVmWaitsForItsDeviceTypes() {
        host.models.remove(uart);
        lifecycle().configure(properties);
        assertTrue(announced.isEmpty());
        assertTrue(host.problems.isEmpty());
        host.models.add(uart);
        awaitState(only(), MachineState.RUNNING);
    }

    @Test
    void aVmThatWaitsForDeviceTypesCanBeChanged() {
        VmLifecycle vm = lifecycle();
        properties.put("rng", true);
        vm.configure(properties);
        assertTrue(announced.isEmpty());
        properties.put("rng", false);
        vm.configure(properties);
        awaitState(only(), MachineState.RUNNING);
    }

    @Test
    void devicesComeInSlotOrderWithTheirDefaults() throws Exception {
        properties.put("disks", new String[] {"/a,b.img,ro", "/c.img,shared,backend=qcow2"});
        properties.put("nics", "lan; wan,mac=02:00:00:00:00:01");
        properties.put("consoles", new String[] {"stdio", "tcp:127.0.0.1:7000"});
        properties.put("rng", "true");
        properties.put("service.pid", "org.kemari.vm~one");
        MachineConfig config = VmProperties.parse(properties).machine();
        List<String> names = config.devices().stream().map(DeviceSpec::name).toList();
        assertEquals(List.of("uart0", "disk0", "disk1", "nic0", "nic1", "console1", "rng0"), names);
        assertEquals("/a,b.img", config.devices().get(1).properties().get("path"));
        assertEquals("true", config.devices().get(1).properties().get("readonly"));
        assertEquals("qcow2", config.devices().get(2).properties().get("backend"));
        String mac = config.devices().get(3).properties().get("mac");
        assertTrue(mac.matches("52:54:00(:[0-9a-f]{2}){3}"), mac);
        assertEquals(mac, VmProperties.defaultMac("one", 0));
        assertFalse(mac.equals(VmProperties.defaultMac("two", 0)));
        assertEquals("127.0.0.1:7000", config.devices().get(5).properties().get("target"));
    }

    /** A UART that nobody hears; its port refuses one target. */
    private static final class SilentUart implements DeviceFactory, Device {
        @Override
        public String type() {
            return "uart";
        }

        @Override
        public DeviceBus bus() {
            return DeviceBus.UART;
        }

        @Override
        public Device create(DeviceSpec spec, DeviceHost deviceHost) throws DeviceConfigException {
            if (spec.properties().get(DeviceSpec.TARGET).equals("broken")) {
                throw new DeviceConfigException("target=broken cannot be reached; use another");
            }
            return this;
        }

        @Override
        public long read(int offset, int sizeBytes) {
            return 0;
        }

        @Override
        public void write(int offset, int sizeBytes, long value) {}

        @Override
        public void accept(Input.ForDevice input) {}

        @Override
        public void reset() {}

        @Override
        public void save(StateWriter out) {}

        @Override
        public void restore(StateReader in) {}

        @Override
        public void goLive() {}

        @Override
        public void close() {}
    }
}
