package org.kemari.emulator.board;

/** Addresses and interrupt numbers of QEMU's {@code virt} machine (hw/riscv/virt.c, its published device tree). */
public final class MemoryMap {
    public static final long FINISHER = 0x100000;
    public static final long FINISHER_BYTES = 0x1000;
    public static final long RTC = 0x101000;
    public static final long RTC_BYTES = 0x1000;
    public static final int RTC_IRQ = 11;
    public static final long CLINT = 0x2000000;
    public static final long CLINT_BYTES = 0x10000;
    public static final long PLIC = 0xc000000;
    public static final long PLIC_BYTES = 0x600000;
    public static final int PLIC_SOURCES = 96;
    public static final long UART = 0x10000000;
    public static final long UART_BYTES = 0x100;
    public static final int UART_IRQ = 10;
    public static final long VIRTIO = 0x10001000;
    public static final long VIRTIO_BYTES = 0x1000;
    public static final int VIRTIO_FIRST_IRQ = 1;
    public static final int VIRTIO_SLOTS = 8;
    public static final long RAM = 0x80000000L;

    private MemoryMap() {}
}
