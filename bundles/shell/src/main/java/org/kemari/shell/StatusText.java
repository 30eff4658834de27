package org.kemari.shell;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineStatus;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionStatus;

/** VMs as text for a person. */
final class StatusText {
    private static final String ROW = "%-16s %-9s %-8s %7s %5s %14s  %s%n";

    private StatusText() {}

    static String table(Collection<VirtualMachine> vms) {
        if (vms.isEmpty()) {
            return "no VMs; configure one with factory PID org.kemari.vm";
        }
        StringBuilder text = new StringBuilder(
                String.format(ROW, "VM", "STATE", "ROLE", "MEMORY", "HARTS", "INSTRUCTIONS", "PROTECTION"));
        for (VirtualMachine vm : vms) {
            text.append(row(vm));
        }
        return text.toString().stripTrailing();
    }

    private static String row(VirtualMachine vm) {
        ProtectionStatus protection = vm.protection().map(Protection::status).orElse(null);
        String role = protection == null ? "-" : word(protection.role());
        String state = protection == null ? "none" : word(protection.state());
        if (vm.machine().isEmpty()) {
            return String.format(ROW, vm.name(), "-", role, "-", "-", "-", state);
        }
        MachineConfig config = vm.machine().get().config();
        MachineStatus status = vm.machine().get().status();
        return String.format(
                Locale.ROOT,
                ROW,
                vm.name(),
                word(status.state()),
                role,
                (config.memoryBytes() >> 20) + "M",
                config.harts(),
                String.format(Locale.ROOT, "%,d", status.instructions()),
                state);
    }

    static String details(VirtualMachine vm) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("VM", vm.name());
        vm.machine().ifPresent(machine -> {
            machine(lines, machine.config(), machine.status());
            machine.counters().forEach((name, value) -> lines.put(name, String.format(Locale.ROOT, "%,d", value)));
        });
        vm.protection().map(Protection::status).ifPresent(status -> protection(lines, status));
        StringBuilder text = new StringBuilder();
        lines.forEach((name, value) -> text.append(String.format("%-24s %s%n", name, value)));
        return text.toString().stripTrailing();
    }

    private static void machine(Map<String, String> lines, MachineConfig config, MachineStatus status) {
        lines.put("state", word(status.state()) + reason(status.reason()));
        lines.put("memory", (config.memoryBytes() >> 20) + " MiB");
        lines.put("harts", Integer.toString(config.harts()));
        config.devices().forEach(device -> lines.put(device.name(), device.type() + " " + device.properties()));
        lines.put("instructions", String.format(Locale.ROOT, "%,d", status.instructions()));
        lines.put("guest time", seconds(status.guestNanos()));
        lines.put("CPU time", seconds(status.cpuNanos()));
        status.exitCode().ifPresent(code -> lines.put("exit code", Integer.toString(code)));
    }

    private static void protection(Map<String, String> lines, ProtectionStatus status) {
        lines.put("protection", word(status.state()) + reason(status.reason()));
        lines.put("role", word(status.role()) + ", mode " + word(status.mode()));
        lines.put("peer", status.peer().isEmpty() ? "not connected" : status.peer());
        lines.put("term", Long.toString(status.term()));
        lines.put("epoch", status.epoch() + ", acknowledged " + status.acknowledgedEpoch());
        lines.put(
                "checkpoints",
                String.format(
                        Locale.ROOT,
                        "%,d; pause %.2f ms median, %.2f ms at 99 %%; %,d pages median",
                        status.epochs(),
                        status.pauseMicrosP50() / 1e3,
                        status.pauseMicrosP99() / 1e3,
                        status.dirtyPagesP50()));
        lines.put("replicated", String.format(Locale.ROOT, "%,d bytes", status.bytesReplicated()));
        lines.put("first copy", status.syncMillis() + " ms");
        if (status.takeoverMillis() > 0 || status.detectMillis() > 0) {
            lines.put(
                    "failover",
                    "noticed after " + status.detectMillis() + " ms, taken over in " + status.takeoverMillis() + " ms");
        }
    }

    private static String reason(String text) {
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
