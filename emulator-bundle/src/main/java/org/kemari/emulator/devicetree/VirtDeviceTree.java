package org.kemari.emulator.devicetree;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.kemari.emulator.board.MemoryMap;
import org.kemari.emulator.cpu.Hart;

/** Describes the board in the words of QEMU's {@code virt}, which Debian's kernel has drivers for. */
public final class VirtDeviceTree {
    /** The {@code time} CSR's rate. */
    private static final long TIMEBASE_HERTZ = 10_000_000;

    private static final long UART_CLOCK_HERTZ = 3_686_400;

    private static final String SINGLE_LETTERS = "imafdc";

    /** In the order of the unprivileged specification's chapter on names. */
    private static final List<String> EXTENSIONS = List.of(
            "zicbom",
            "zicboz",
            "zicntr",
            "zicond",
            "zicsr",
            "zifencei",
            "zfh",
            "zfhmin",
            "zba",
            "zbb",
            "zbc",
            "zbkb",
            "zbkx",
            "zbs",
            "sstc",
            "svade",
            "svadu",
            "svnapot");

    private static final int PHANDLE_PLIC = 1;
    private static final int PHANDLE_FINISHER = 2;
    /** Interrupt controllers of the harts follow. */
    private static final int PHANDLE_FIRST_HART = 16;

    private static final int INTERRUPT_MSIP = 3;
    private static final int INTERRUPT_MTIP = 7;
    private static final int INTERRUPT_SEIP = 9;
    private static final int INTERRUPT_MEIP = 11;

    private VirtDeviceTree() {}

    public static byte[] build(MachineDescription machine) {
        FlattenedDeviceTree tree = new FlattenedDeviceTree();
        tree.begin("");
        tree.cells("#address-cells", 2).cells("#size-cells", 2);
        tree.text("compatible", "riscv-virtio").text("model", "riscv-virtio,kemari");
        chosen(tree, machine);
        tree.begin("memory@" + Long.toHexString(MemoryMap.RAM)).text("device_type", "memory");
        tree.wide("reg", MemoryMap.RAM, machine.memoryBytes()).end();
        cpus(tree, machine.harts());
        soc(tree, machine);
        power(tree, "poweroff", "syscon-poweroff", 0x5555);
        power(tree, "reboot", "syscon-reboot", 0x7777);
        tree.end();
        return tree.blob();
    }

    private static void chosen(FlattenedDeviceTree tree, MachineDescription machine) {
        tree.begin("chosen").text("bootargs", machine.commandLine());
        if (machine.uart()) {
            tree.text("stdout-path", "/soc/serial@10000000");
        }
        if (machine.initrdEnd() > machine.initrdStart()) {
            tree.wide("linux,initrd-start", machine.initrdStart());
            tree.wide("linux,initrd-end", machine.initrdEnd());
        }
        if (machine.rngSeed().length > 0) {
            ByteBuffer seed = ByteBuffer.wrap(machine.rngSeed());
            long[] cells = new long[machine.rngSeed().length / 4];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = seed.getInt();
            }
            tree.cells("rng-seed", cells);
        }
        tree.end();
    }

    private static void cpus(FlattenedDeviceTree tree, int harts) {
        tree.begin("cpus").cells("#address-cells", 1).cells("#size-cells", 0);
        tree.cells("timebase-frequency", TIMEBASE_HERTZ);
        for (int hart = 0; hart < harts; hart++) {
            tree.begin("cpu@" + hart).text("device_type", "cpu").cells("reg", hart);
            tree.text("status", "okay").text("compatible", "riscv");
            tree.text("riscv,isa", "rv64" + SINGLE_LETTERS + "_" + String.join("_", EXTENSIONS));
            tree.text("riscv,isa-base", "rv64i").text("riscv,isa-extensions", extensions());
            tree.cells("riscv,cbom-block-size", Hart.CACHE_BLOCK_BYTES)
                    .cells("riscv,cboz-block-size", Hart.CACHE_BLOCK_BYTES);
            tree.text("mmu-type", "riscv,sv48");
            tree.begin("interrupt-controller").cells("#interrupt-cells", 1).flag("interrupt-controller");
            tree.text("compatible", "riscv,cpu-intc").cells("phandle", PHANDLE_FIRST_HART + hart);
            tree.end().end();
        }
        tree.end();
    }

    private static String[] extensions() {
        return Stream.concat(Stream.of(SINGLE_LETTERS.split("")), EXTENSIONS.stream())
                .toArray(String[]::new);
    }

    private static void soc(FlattenedDeviceTree tree, MachineDescription machine) {
        tree.begin("soc").cells("#address-cells", 2).cells("#size-cells", 2);
        tree.text("compatible", "simple-bus").flag("ranges");

        node(tree, "test", MemoryMap.FINISHER, MemoryMap.FINISHER_BYTES);
        tree.text("compatible", "sifive,test1", "sifive,test0", "syscon").cells("phandle", PHANDLE_FINISHER);
        tree.end();

        node(tree, "rtc", MemoryMap.RTC, MemoryMap.RTC_BYTES);
        tree.text("compatible", "google,goldfish-rtc");
        interrupt(tree, MemoryMap.RTC_IRQ).end();

        node(tree, "clint", MemoryMap.CLINT, MemoryMap.CLINT_BYTES);
        tree.text("compatible", "sifive,clint0", "riscv,clint0");
        tree.cells("interrupts-extended", hartLines(machine.harts(), INTERRUPT_MSIP, INTERRUPT_MTIP))
                .end();

        node(tree, "plic", MemoryMap.PLIC, MemoryMap.PLIC_BYTES);
        tree.text("compatible", "sifive,plic-1.0.0", "riscv,plic0").cells("phandle", PHANDLE_PLIC);
        tree.cells("#address-cells", 0).cells("#interrupt-cells", 1).flag("interrupt-controller");
        tree.cells("riscv,ndev", MemoryMap.PLIC_SOURCES - 1);
        tree.cells("interrupts-extended", hartLines(machine.harts(), INTERRUPT_MEIP, INTERRUPT_SEIP))
                .end();

        if (machine.uart()) {
            node(tree, "serial", MemoryMap.UART, MemoryMap.UART_BYTES);
            tree.text("compatible", "ns16550a").cells("clock-frequency", UART_CLOCK_HERTZ);
            interrupt(tree, MemoryMap.UART_IRQ).end();
        }
        for (int slot = 0; slot < machine.virtioSlots(); slot++) {
            node(tree, "virtio_mmio", MemoryMap.VIRTIO + slot * MemoryMap.VIRTIO_BYTES, MemoryMap.VIRTIO_BYTES);
            tree.text("compatible", "virtio,mmio");
            interrupt(tree, MemoryMap.VIRTIO_FIRST_IRQ + slot).end();
        }
        tree.end();
    }

    private static void node(FlattenedDeviceTree tree, String name, long base, long lengthBytes) {
        tree.begin(name + "@" + Long.toHexString(base)).wide("reg", base, lengthBytes);
    }

    private static FlattenedDeviceTree interrupt(FlattenedDeviceTree tree, int irq) {
        return tree.cells("interrupts", irq).cells("interrupt-parent", PHANDLE_PLIC);
    }

    private static long[] hartLines(int harts, int first, int second) {
        long[] cells = new long[4 * harts];
        for (int hart = 0; hart < harts; hart++) {
            cells[4 * hart] = PHANDLE_FIRST_HART + hart;
            cells[4 * hart + 1] = first;
            cells[4 * hart + 2] = PHANDLE_FIRST_HART + hart;
            cells[4 * hart + 3] = second;
        }
        return cells;
    }

    private static void power(FlattenedDeviceTree tree, String name, String compatible, int value) {
        tree.begin(name).text("compatible", compatible).cells("value", value).cells("offset", 0);
        tree.cells("regmap", PHANDLE_FINISHER).end();
    }
}
