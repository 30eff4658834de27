package org.kemari.emulator.vm;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;

/**
 * A VM's configuration, read and checked.
 *
 * @param machine what it is made of
 * @param autostart true if it starts by itself
 */
record VmProperties(MachineConfig machine, boolean autostart) {
    private static final Set<String> KNOWN = Set.of(
            "name",
            "type",
            "memory",
            "harts",
            "kernel",
            "initrd",
            "firmware",
            "append",
            "disks",
            "nics",
            "consoles",
            "rng",
            "restore",
            "autostart");

    /** Properties that the framework, its components and file installers add. */
    private static final List<String> FOREIGN_PREFIXES =
            List.of("service.", "felix.", "component.", "org.kemari.", "org.apache.", "org.osgi.", "osgi.", ".");

    private static final String MAC_PATTERN = "([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}";

    /** The name that a configuration gives, to be able to speak of it even if the rest is wrong. */
    static String nameOf(Map<String, ?> properties) {
        Object name = properties.get("name");
        return name == null ? "" : name.toString();
    }

    static VmProperties parse(Map<String, ?> properties) throws MachineConfigException {
        for (String key : properties.keySet()) {
            if (!KNOWN.contains(key) && FOREIGN_PREFIXES.stream().noneMatch(key::startsWith)) {
                throw new MachineConfigException("property " + key + "=" + properties.get(key)
                        + " is unknown; a VM has " + String.join(", ", sorted(KNOWN)));
            }
        }
        String name = text(properties, "name", "");
        if (name.isEmpty()) {
            throw new MachineConfigException("name is not set; use 1 to 64 letters, digits, '.', '_' or '-'");
        }
        String firmware = text(properties, "firmware", MachineConfig.FIRMWARE_BUILTIN);
        try {
            MachineConfig machine = new MachineConfig(
                    name,
                    text(properties, "type", MachineConfig.TYPE_RISCV64_VIRT),
                    memory(text(properties, "memory", "512M")),
                    (int) number("harts", text(properties, "harts", "1")),
                    path(properties, "kernel"),
                    path(properties, "initrd"),
                    firmware,
                    text(properties, "append", ""),
                    devices(name, properties),
                    path(properties, "restore"));
            if (machine.kernel().isEmpty() && machine.restore().isEmpty()) {
                throw new MachineConfigException(
                        "kernel is not set; name a RISC-V Linux Image, or an ELF with firmware=none");
            }
            return new VmProperties(machine, flag(properties, "autostart", true));
        } catch (IllegalArgumentException e) {
            throw new MachineConfigException(e.getMessage(), e);
        }
    }

    private static List<DeviceSpec> devices(String vm, Map<String, ?> properties) throws MachineConfigException {
        List<DeviceSpec> devices = new ArrayList<>();
        List<String> consoles = list(properties, "consoles");
        if (consoles.isEmpty()) {
            consoles = List.of("none");
        }
        devices.add(new DeviceSpec("uart", "uart0", console(consoles.get(0))));
        List<String> disks = list(properties, "disks");
        for (int i = 0; i < disks.size(); i++) {
            devices.add(new DeviceSpec("virtio-blk", "disk" + i, disk(disks.get(i))));
        }
        List<String> nics = list(properties, "nics");
        for (int i = 0; i < nics.size(); i++) {
            devices.add(new DeviceSpec("virtio-net", "nic" + i, nic(vm, i, nics.get(i))));
        }
        for (int i = 1; i < consoles.size(); i++) {
            devices.add(new DeviceSpec("virtio-console", "console" + i, console(consoles.get(i))));
        }
        if (flag(properties, "rng", false)) {
            devices.add(new DeviceSpec("virtio-rng", "rng0", Map.of()));
        }
        return devices;
    }

    private static Map<String, String> console(String text) throws MachineConfigException {
        int colon = text.indexOf(':');
        String backend = colon < 0 ? text : text.substring(0, colon);
        String target = colon < 0 ? "" : text.substring(colon + 1);
        boolean wantsTarget = backend.equals("file") || backend.equals("tcp");
        boolean known = wantsTarget || backend.equals("stdio") || backend.equals("none");
        if (!known || wantsTarget == target.isEmpty()) {
            throw new MachineConfigException(
                    "consoles=" + text + " is no console; use stdio, none, file:PATH or tcp:HOST:PORT");
        }
        return Map.of(DeviceSpec.BACKEND, backend, DeviceSpec.TARGET, target);
    }

    /** Options are read from the end, so that a path may hold commas. */
    private static Map<String, String> disk(String text) throws MachineConfigException {
        String path = text;
        boolean readOnly = false;
        boolean shared = false;
        String backend = "raw";
        int comma;
        while ((comma = path.lastIndexOf(',')) >= 0) {
            String option = path.substring(comma + 1);
            if (option.equals("ro")) {
                readOnly = true;
            } else if (option.equals("shared")) {
                shared = true;
            } else if (option.startsWith("backend=")) {
                backend = option.substring("backend=".length());
            } else {
                break;
            }
            path = path.substring(0, comma);
        }
        if (path.isEmpty()) {
            throw new MachineConfigException("disks=" + text + " names no image; use PATH[,ro][,shared][,backend=raw]");
        }
        return Map.of(
                DeviceSpec.BACKEND,
                backend,
                DeviceSpec.PATH,
                path,
                DeviceSpec.READ_ONLY,
                Boolean.toString(readOnly),
                DeviceSpec.SHARED,
                Boolean.toString(shared));
    }

    private static Map<String, String> nic(String vm, int index, String text) throws MachineConfigException {
        String[] parts = text.split(",");
        String mac = defaultMac(vm, index);
        for (int i = 1; i < parts.length; i++) {
            if (!parts[i].startsWith("mac=") || !parts[i].substring(4).matches(MAC_PATTERN)) {
                throw new MachineConfigException(
                        "nics=" + text + " has the option " + parts[i] + "; use NETWORK[,mac=52:54:00:12:34:56]");
            }
            mac = parts[i].substring(4).toLowerCase(Locale.ROOT);
        }
        if (parts[0].isEmpty()) {
            throw new MachineConfigException("nics=" + text + " names no network; use NETWORK[,mac=M]");
        }
        return Map.of(DeviceSpec.BACKEND, "switch", DeviceSpec.NETWORK, parts[0], DeviceSpec.MAC, mac);
    }

    /** The same on every host, so that a backup's card has its primary's address. */
    static String defaultMac(String vm, int index) {
        CRC32 crc = new CRC32();
        crc.update((vm + "/" + index).getBytes(StandardCharsets.UTF_8));
        long value = crc.getValue();
        return String.format("52:54:00:%02x:%02x:%02x", value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff);
    }

    static long memory(String text) throws MachineConfigException {
        long unit = 1;
        String digits = text;
        if (!text.isEmpty()) {
            switch (Character.toUpperCase(text.charAt(text.length() - 1))) {
                case 'K':
                    unit = 1L << 10;
                    break;
                case 'M':
                    unit = 1L << 20;
                    break;
                case 'G':
                    unit = 1L << 30;
                    break;
                default:
                    break;
            }
            digits = unit == 1 ? text : text.substring(0, text.length() - 1);
        }
        if (!digits.matches("[0-9]{1,12}")) {
            throw new MachineConfigException(
                    "memory=" + text + " is no size; use bytes, or a number with K, M or G, such as 512M");
        }
        long count = Long.parseLong(digits);
        if (count > (64L << 30) / unit) {
            throw new MachineConfigException("memory=" + text + " is out of range; use 1M to 64G");
        }
        return count * unit;
    }

    private static long number(String key, String text) throws MachineConfigException {
        if (!text.matches("-?[0-9]{1,9}")) {
            throw new MachineConfigException(key + "=" + text + " is no whole number; use one");
        }
        return Long.parseLong(text);
    }

    private static boolean flag(Map<String, ?> properties, String key, boolean otherwise)
            throws MachineConfigException {
        String text = text(properties, key, Boolean.toString(otherwise));
        if (!text.equals("true") && !text.equals("false")) {
            throw new MachineConfigException(key + "=" + text + " is neither true nor false; use one of them");
        }
        return text.equals("true");
    }

    private static Optional<Path> path(Map<String, ?> properties, String key) throws MachineConfigException {
        String text = text(properties, key, "");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            throw new MachineConfigException(key + "=" + text + " is no path (" + e.getReason() + "); name a file", e);
        }
    }

    private static String text(Map<String, ?> properties, String key, String otherwise) {
        Object value = properties.get(key);
        if (value == null) {
            return otherwise;
        }
        String text = value.toString().trim();
        return text.isEmpty() ? otherwise : text;
    }

    private static List<String> list(Map<String, ?> properties, String key) {
        Object value = properties.get(key);
        List<String> raw;
        if (value == null) {
            raw = List.of();
        } else if (value instanceof String[]) {
            raw = Arrays.asList((String[]) value);
        } else if (value instanceof Collection) {
            raw = new ArrayList<>();
            for (Object element : (Collection<?>) value) {
                raw.add(String.valueOf(element));
            }
        } else {
            raw = Arrays.asList(value.toString().split(";"));
        }
        List<String> trimmed = new ArrayList<>();
        for (String element : raw) {
            if (!element.isBlank()) {
                trimmed.add(element.trim());
            }
        }
        return trimmed;
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    /** What differs from {@code other}, by name; for messages. */
    List<String> differences(VmProperties other) {
        Map<String, Boolean> same = new LinkedHashMap<>();
        MachineConfig a = machine;
        MachineConfig b = other.machine;
        same.put("name", a.name().equals(b.name()));
        same.put("type", a.type().equals(b.type()));
        same.put("memory", a.memoryBytes() == b.memoryBytes());
        same.put("harts", a.harts() == b.harts());
        same.put("kernel", a.kernel().equals(b.kernel()));
        same.put("initrd", a.initrd().equals(b.initrd()));
        same.put("firmware", a.firmware().equals(b.firmware()));
        same.put("append", a.commandLine().equals(b.commandLine()));
        same.put("devices", a.devices().equals(b.devices()));
        same.put("restore", a.restore().equals(b.restore()));
        List<String> differing = new ArrayList<>();
        same.forEach((property, equal) -> {
            if (!equal) {
                differing.add(property);
            }
        });
        return differing;
    }
}
