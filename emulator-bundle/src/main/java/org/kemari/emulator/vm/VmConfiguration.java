package org.kemari.emulator.vm;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Properties of the factory configuration {@code org.kemari.vm}, for whoever edits one. */
@ObjectClassDefinition(
        id = VmConfiguration.PID,
        name = "Kemari virtual machine",
        description = "One configuration of this factory is one virtual machine.")
@interface VmConfiguration {
    String PID = "org.kemari.vm";

    @AttributeDefinition(description = "Unique in a container: 1 to 64 letters, digits, '.', '_' or '-'.")
    String name();

    @AttributeDefinition(description = "Machine type.")
    String type() default "riscv64-virt";

    @AttributeDefinition(description = "Guest RAM: bytes, or a number with K, M or G; 1M to 64G.")
    String memory() default "512M";

    @AttributeDefinition(description = "Number of harts, 1 to 8.", min = "1", max = "8")
    int harts() default 1;

    @AttributeDefinition(required = false, description = "Path of a RISC-V Linux Image, or of an ELF.")
    String kernel() default "";

    @AttributeDefinition(required = false, description = "Path of the initial ramdisk.")
    String initrd() default "";

    @AttributeDefinition(
            description =
                    "builtin: SBI in the emulator. none: the kernel is an ELF that starts in M-mode. Else the path"
                            + " of M-mode firmware.")
    String firmware() default "builtin";

    @AttributeDefinition(required = false, description = "The kernel's command line.")
    String append() default "";

    @AttributeDefinition(
            required = false,
            description = "Disks, each PATH[,ro][,shared][,backend=raw]. In a .cfg file, several are separated by ';'.")
    String[] disks() default {};

    @AttributeDefinition(required = false, description = "Network cards, each NETWORK[,mac=M].")
    String[] nics() default {};

    @AttributeDefinition(
            required = false,
            description = "Consoles, each stdio, none, file:PATH or tcp:HOST:PORT; the first is the UART.")
    String[] consoles() default {"none"};

    @AttributeDefinition(description = "True for a virtio random source.")
    boolean rng() default false;

    @AttributeDefinition(required = false, description = "Path of a snapshot to start from instead of from reset.")
    String restore() default "";

    @AttributeDefinition(description = "False if something else starts the VM, as at a backup.")
    boolean autostart() default true;
}
