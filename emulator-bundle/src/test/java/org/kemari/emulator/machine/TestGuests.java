package org.kemari.emulator.machine;

import static org.kemari.emulator.machine.GuestCode.CSR_MCAUSE;
import static org.kemari.emulator.machine.GuestCode.CSR_MHARTID;
import static org.kemari.emulator.machine.GuestCode.CSR_MIE;
import static org.kemari.emulator.machine.GuestCode.CSR_MSTATUS;
import static org.kemari.emulator.machine.GuestCode.CSR_MTVEC;
import static org.kemari.emulator.machine.GuestCode.CSR_TIME;
import static org.kemari.emulator.machine.GuestCode.ZERO;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.MachineConfig;

/** Bare-metal programs for tests. */
final class TestGuests {
    private static final long DEVICE = 0x10001000L;

    private TestGuests() {}

    static MachineConfig config(Path kernel, int harts) {
        return new MachineConfig(
                "test",
                MachineConfig.TYPE_RISCV64_VIRT,
                4 << 20,
                harts,
                Optional.of(kernel),
                Optional.empty(),
                MachineConfig.FIRMWARE_NONE,
                "",
                List.of(new DeviceSpec(PlainDevice.TYPE, "plain0", Map.of())),
                Optional.empty());
    }

    /** Tells the finisher a value and waits. */
    static Path finish(Path folder, long command) throws IOException {
        return new GuestCode()
                .li(5, 0x100000)
                .li(6, command)
                .sw(6, 5, 0)
                .label("wait")
                .jump("wait")
                .elf(folder.resolve("finish.elf"));
    }

    /** Waits for an interrupt that never comes. */
    static Path sleeper(Path folder) throws IOException {
        return new GuestCode().label("wait").wfi().jump("wait").elf(folder.resolve("sleeper.elf"));
    }

    /** Instructions of {@link #asker} from one question to the next. */
    static final long ASKER_ROUND = 4_097;

    /** Instructions of {@link #asker} up to its first question, which is one of them. */
    static final long ASKER_FIRST = 6;

    /** Asks the device something, again and again, and does not wait for an answer. */
    static Path asker(Path folder) throws IOException {
        return new GuestCode()
                .li(5, DEVICE)
                .label("ask")
                .sw(ZERO, 5, 0x60)
                .li(6, 2047)
                .label("count")
                .addi(6, 6, -1)
                .bne(6, ZERO, "count")
                .jump("ask")
                .elf(folder.resolve("asker.elf"));
    }

    /** Writes one device register, then counts for ever. */
    static Path poke(Path folder, int register) throws IOException {
        return new GuestCode()
                .li(5, DEVICE)
                .li(6, 1)
                .sw(6, 5, register)
                .label("wait")
                .addi(7, 7, 1)
                .jump("wait")
                .elf(folder.resolve("poke.elf"));
    }

    /**
     * Mixes everything that time and inputs bring into memory: counts, reads the time, sleeps now and then; timer,
     * software (to the next hart) and device interrupts all leave their trace.
     */
    static Path mixer(Path folder) throws IOException {
        GuestCode code = new GuestCode();
        code.csrr(9, CSR_MHARTID).li(8, 0x80100000L).slli(10, 9, 12).add(8, 8, 10);
        code.la(11, "trap").csrw(CSR_MTVEC, 11);
        // x12: this hart's mtimecmp; x13: its msip; x14: PLIC
        code.li(12, 0x2004000L).slli(10, 9, 3).add(12, 12, 10);
        code.li(13, 0x2000000L).slli(10, 9, 2).add(13, 13, 10).li(14, 0xc000000L);
        code.bne(9, ZERO, "timer")
                .li(15, 1)
                .sw(15, 14, 4)
                .li(15, 2)
                .li(16, 0xc002000L)
                .sw(15, 16, 0);
        code.label("timer").csrr(15, CSR_TIME).addi(15, 15, 500).sd(15, 12, 0);
        code.li(15, 0x888).csrw(CSR_MIE, 15).li(15, 8).csrw(CSR_MSTATUS, 15);
        code.label("loop").ld(5, 8, 0).addi(5, 5, 1).sd(5, 8, 0).csrr(6, CSR_TIME);
        code.ld(7, 8, 8).slli(17, 7, 5).xor(7, 7, 17).add(7, 7, 6).sd(7, 8, 8);
        code.andi(5, 5, 1023).bne(5, ZERO, "loop").wfi().jump("loop");

        code.label("trap").csrr(20, CSR_MCAUSE).csrr(21, CSR_TIME);
        code.ld(22, 8, 16)
                .slli(23, 22, 5)
                .add(22, 22, 23)
                .xor(22, 22, 20)
                .add(22, 22, 21)
                .sd(22, 8, 16);
        code.andi(23, 20, 15).li(24, 11).beq(23, 24, "device").li(24, 7).beq(23, 24, "due");
        code.sw(ZERO, 13, 0).mret();
        code.label("due").addi(21, 21, 700).sd(21, 12, 0).li(25, 1).li(26, 0x2000004L);
        code.bne(9, ZERO, "done").sw(25, 26, 0).label("done").mret();
        code.label("device").li(26, 0xc200004L).lw(27, 26, 0).li(28, DEVICE).ld(25, 28, 0);
        code.ld(22, 8, 24)
                .add(22, 22, 25)
                .sd(22, 8, 24)
                .sw(25, 28, 0x50)
                .sw(ZERO, 28, 4)
                .sw(27, 26, 0)
                .mret();
        return code.elf(folder.resolve("mixer.elf"));
    }
}
