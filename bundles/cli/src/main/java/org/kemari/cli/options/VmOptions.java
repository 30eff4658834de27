package org.kemari.cli.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say what a VM is made of: the same for {@code run} and {@code backup}. */
public final class VmOptions {
    private static final int MAX_HARTS = 8;
    private static final int MAX_VIRTIO_SLOTS = 8;

    @Option(
            names = "--name",
            paramLabel = "N",
            defaultValue = "guest",
            description = "The VM's name (${DEFAULT-VALUE}).")
    String name;

    @Option(names = "--kernel", paramLabel = "FILE", description = "Linux Image, or ELF.")
    Path kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "Initial ramdisk.")
    Path initrd;

    @Option(names = "--append", paramLabel = "TEXT", defaultValue = "", description = "The kernel's command line.")
    String append;

    @Option(
            names = "--firmware",
            paramLabel = "FILE|none|builtin",
            defaultValue = "builtin",
            description = {
                "builtin: SBI in the emulator (the default);",
                "none: the kernel is an ELF that starts in M-mode;",
                "or M-mode firmware such as OpenSBI."
            })
    String firmware;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "512M",
            converter = MemorySize.Converter.class,
            description = "Guest RAM, 1M to 64G (${DEFAULT-VALUE}).")
    MemorySize memory;

    @Option(names = "--harts", paramLabel = "N", defaultValue = "1", description = "Harts, 1 to 8 (${DEFAULT-VALUE}).")
    int harts;

    @Option(
            names = "--disk",
            paramLabel = "FILE[,ro][,shared]",
            converter = DiskOption.Converter.class,
            description = {
                "A virtio disk over a raw image; repeatable. ro: the guest may not write.",
                "shared: primary and backup reach the same image."
            })
    List<DiskOption> disks = new ArrayList<>();

    @Option(
            names = "--nic",
            paramLabel = "NETWORK[,mac=M]",
            converter = NicOption.Converter.class,
            description = "A virtio network card on a virtual network; repeatable.")
    List<NicOption> nics = new ArrayList<>();

    @Option(names = "--rng", description = "A virtio random source.")
    boolean rng;

    @Option(
            names = "--console",
            paramLabel = "C",
            converter = ConsoleOption.Converter.class,
            description = {
                "stdio, none, file:PATH or tcp:HOST:PORT[,exposed]; the first is the serial line (stdio), each further one",
                "a virtio console. exposed: a host that is not loopback is meant."
            })
    List<ConsoleOption> consoles = new ArrayList<>();

    @Option(names = "--restore", paramLabel = "FILE", description = "Start from this snapshot instead of from reset.")
    Path restore;

    @Option(
            names = "--network",
            paramLabel = "NAME,vni=N,listen=HOST:PORT,peer=HOST:PORT",
            converter = NetworkOption.Converter.class,
            description = {
                "A virtual network, repeatable; its parts in several containers are joined by",
                "VXLAN over UDP. Several peer= may be given."
            })
    List<NetworkOption> networks = new ArrayList<>();

    public String name() {
        return name;
    }

    /** The serial line first. */
    public List<ConsoleOption> consoles() {
        return consoles.isEmpty() ? List.of(ConsoleOption.parse("stdio")) : List.copyOf(consoles);
    }

    public List<NetworkOption> networks() {
        return List.copyOf(networks);
    }

    /** Checks what can be checked without a machine. {@code networksElsewhere}: a configuration folder may name more. */
    public void check(boolean networksElsewhere) throws InvalidOptionException {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new InvalidOptionException(
                    "--name=" + name + " is no VM name; use 1 to 64 letters, digits, '.', '_' or '-'");
        }
        if (harts < 1 || harts > MAX_HARTS) {
            throw new InvalidOptionException("--harts=" + harts + " is out of range; use 1 to 8");
        }
        checkFirmware();
        checkKernel();
        for (DiskOption disk : disks) {
            disk.check();
        }
        checkNetworks(networksElsewhere);
        if (consoles.stream().filter(ConsoleOption::isStdio).count() > 1) {
            throw new InvalidOptionException("--console=stdio is given twice; use it once");
        }
        int slots = disks.size() + nics.size() + consoles().size() - 1 + (rng ? 1 : 0);
        if (slots > MAX_VIRTIO_SLOTS) {
            throw new InvalidOptionException("--disk, --nic, --rng and further --console ask for " + slots
                    + " virtio devices; the machine has 8 slots");
        }
    }

    private void checkFirmware() throws InvalidOptionException {
        if (!firmware.equals("builtin") && !firmware.equals("none")) {
            KernelCheck.readable("--firmware", Path.of(firmware));
        }
    }

    private void checkKernel() throws InvalidOptionException {
        if (restore != null) {
            KernelCheck.readable("--restore", restore);
        } else if (kernel == null && (firmware.equals("builtin") || firmware.equals("none"))) {
            throw new InvalidOptionException(
                    "--kernel is missing; name a Linux Image or an ELF (kemari guest fetch gets one)");
        }
        if (kernel != null) {
            KernelCheck.check(kernel, firmware.equals("none"));
        }
        if (initrd != null) {
            KernelCheck.readable("--initrd", initrd);
        }
        long bytes = size(kernel) + size(initrd);
        if (bytes >= memory.bytes()) {
            throw new InvalidOptionException("--memory=" + memory.mebibytes() + "M is too small for kernel and initrd, "
                    + (bytes >> 20) + " MiB together; use at least " + ((bytes >> 19) + 32) + "M");
        }
    }

    private void checkNetworks(boolean networksElsewhere) throws InvalidOptionException {
        for (NetworkOption network : networks) {
            network.check();
        }
        for (NicOption nic : nics) {
            boolean defined =
                    networks.stream().anyMatch(network -> network.name().equals(nic.network()));
            if (!defined && !networksElsewhere) {
                throw new InvalidOptionException("--nic=" + nic.network()
                        + " is on no network that is defined; add --network " + nic.network() + ",vni=1");
            }
        }
        long names = networks.stream().map(NetworkOption::name).distinct().count();
        if (names != networks.size()) {
            throw new InvalidOptionException(
                    "--network defines a network twice; give it once, with several peer=HOST:PORT");
        }
    }

    private static long size(Path file) throws InvalidOptionException {
        try {
            return file == null ? 0 : Files.size(file);
        } catch (IOException e) {
            throw new InvalidOptionException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Properties of the factory configuration {@code org.kemari.vm}. */
    public Map<String, Object> properties(boolean autostart) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("type", "riscv64-virt");
        // As text: read alike by those who want a number and by those who allow a unit.
        map.put("memory", Long.toString(memory.bytes()));
        map.put("harts", harts);
        putPath(map, "kernel", kernel);
        putPath(map, "initrd", initrd);
        map.put(
                "firmware",
                firmware.equals("builtin") || firmware.equals("none")
                        ? firmware
                        : Path.of(firmware).toAbsolutePath().toString());
        map.put("append", append);
        map.put("disks", disks.stream().map(DiskOption::text).toArray(String[]::new));
        map.put("nics", nics.stream().map(NicOption::text).toArray(String[]::new));
        map.put("consoles", consoles().stream().map(ConsoleOption::text).toArray(String[]::new));
        map.put("rng", rng);
        putPath(map, "restore", restore);
        map.put("autostart", autostart);
        return map;
    }

    private static void putPath(Map<String, Object> map, String key, Path path) {
        if (path != null) {
            map.put(key, path.toAbsolutePath().toString());
        }
    }
}
