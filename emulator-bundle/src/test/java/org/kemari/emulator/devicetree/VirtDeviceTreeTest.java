package org.kemari.emulator.devicetree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtDeviceTreeTest {
    private static byte[] blob() {
        return VirtDeviceTree.build(new MachineDescription(
                512L << 20, 2, true, 3, "console=ttyS0", 0x9f000000L, 0x9f123456L, new byte[32]));
    }

    @Test
    void theHeaderDescribesTheBlob() {
        byte[] blob = blob();
        ByteBuffer in = ByteBuffer.wrap(blob);
        assertEquals(0xd00dfeed, in.getInt());
        assertEquals(blob.length, in.getInt());
    }

    @Test
    void theDeviceTreeCompilerReadsItWithoutComplaint(@TempDir Path folder) throws Exception {
        Path dtc = Path.of("/usr/bin/dtc");
        assumeTrue(Files.isExecutable(dtc), "dtc is not installed; Debian package device-tree-compiler has it");
        Path blob = Files.write(folder.resolve("virt.dtb"), blob());
        Process process = new ProcessBuilder(dtc.toString(), "-I", "dtb", "-O", "dts", blob.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String source = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        for (String part : Arrays.asList(
                "bootargs = \"console=ttyS0\"",
                "linux,initrd-end = <0x00 0x9f123456>",
                "cpu@1",
                "reg = <0x00 0x80000000 0x00 0x20000000>",
                "virtio_mmio@10003000",
                "riscv,isa-base = \"rv64i\"",
                "riscv,isa = \"rv64imafdc_zicbom_zicboz_zicntr_zicond_zicsr_zifencei_zfh_zfhmin_zba_zbb_zbc_zbkb_zbkx"
                        + "_zbs_sstc_svade_svadu_svnapot\"",
                "riscv,isa-extensions = \"i\\0m\\0a\\0f\\0d\\0c\\0zicbom\\0zicboz",
                "riscv,cboz-block-size = <0x40>",
                "riscv,cbom-block-size = <0x40>",
                "mmu-type = \"riscv,sv48\"",
                "compatible = \"ns16550a\"")) {
            assertTrue(source.contains(part), part + " is not in\n" + source);
        }
        assertFalse(source.contains("virtio_mmio@10004000"));
    }
}
