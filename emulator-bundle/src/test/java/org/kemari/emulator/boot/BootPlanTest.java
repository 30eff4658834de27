package org.kemari.emulator.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineConfigException;
import org.kemari.emulator.ram.Ram;

class BootPlanTest {
    @TempDir
    Path folder;

    private Path image(int bytes, long imageSize) throws Exception {
        ByteBuffer image = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        image.putLong(8, 2 << 20).putLong(16, imageSize).putInt(0x38, 0x05435352);
        return Files.write(folder.resolve("Image"), image.array());
    }

    private BootPlan load(Path kernel, Optional<Path> initrd, String firmware, long memory) throws Exception {
        MachineConfig config = new MachineConfig(
                "vm",
                MachineConfig.TYPE_RISCV64_VIRT,
                memory,
                1,
                Optional.of(kernel),
                initrd,
                firmware,
                "quiet",
                List.of(),
                Optional.empty());
        return BootPlan.load(config, new Ram(memory), true, 0, new byte[32]);
    }

    private String refusal(Path kernel, Optional<Path> initrd, String firmware, long memory) {
        return assertThrows(MachineConfigException.class, () -> load(kernel, initrd, firmware, memory))
                .getMessage();
    }

    @Test
    void anImageStartsInSupervisorModeTwoMebibytesIntoRam() throws Exception {
        BootPlan plan = load(image(4096, 8192), Optional.empty(), "builtin", 64 << 20);
        assertEquals(0x80200000L, plan.start());
        assertTrue(plan.supervisor());
        assertEquals(0x83e00000L, plan.deviceTree());
    }

    @Test
    void aKernelThatIsNoKernelIsNamedWithWhatWasFoundAndWhatIsRight() throws Exception {
        Path zip = Files.write(folder.resolve("Image.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        String message = refusal(Files.write(zip, new byte[100]), Optional.empty(), "builtin", 64 << 20);
        assertTrue(message.contains(zip.toString()) && message.contains("RSC"), message);
        assertTrue(refusal(zip, Optional.empty(), "none", 64 << 20).contains("is no ELF"));
        Path missing = folder.resolve("missing");
        assertTrue(refusal(missing, Optional.empty(), "builtin", 64 << 20).contains("does not exist"));
        byte[] gzip = new byte[100];
        gzip[0] = 0x1f;
        gzip[1] = (byte) 0x8b;
        assertTrue(refusal(Files.write(zip, gzip), Optional.empty(), "builtin", 64 << 20)
                .contains("gunzip"));
    }

    @Test
    void aKernelAndInitrdThatDoNotFitSayHowMuchIsNeeded() throws Exception {
        Path initrd = Files.write(folder.resolve("initrd"), new byte[8 << 20]);
        Path kernel = image(4096, 20 << 20);
        String message = refusal(kernel, Optional.of(initrd), "builtin", 16 << 20);
        assertTrue(message.contains("memory=16777216") && message.contains("at least 33M"), message);
        load(kernel, Optional.of(initrd), "builtin", 33 << 20);
    }

    @Test
    void aTruncatedElfIsRefused() throws Exception {
        byte[] elf = new byte[64];
        ByteBuffer.wrap(elf)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x464c457f)
                .put((byte) 2)
                .put((byte) 1);
        ByteBuffer.wrap(elf)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(18, (short) 243)
                .putLong(32, 64)
                .putShort(54, (short) 56)
                .putShort(56, (short) 1);
        Path file = Files.write(folder.resolve("cut.elf"), elf);
        assertTrue(refusal(file, Optional.empty(), "none", 4 << 20).contains("outside the file"));
    }

    @Test
    void firmwareGetsTheAddressOfItsDynamicInformation() throws Exception {
        Path firmware = Files.write(folder.resolve("fw.bin"), new byte[16]);
        BootPlan plan = load(image(4096, 8192), Optional.empty(), firmware.toString(), 64 << 20);
        assertEquals(0x80000000L, plan.start());
        assertEquals(plan.deviceTree() + (1 << 20), plan.firmwareInfo());
    }
}
