package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kemari.api.machine.MachineConfig;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.translate.ImmediateTranslator;

/** A guest with more RAM than this JVM has: it can address all of it, and takes what it touches. */
class LargeMemoryTest {
    private static final long MEMORY_BYTES = 8L << 30;
    private static final int ROUNDS = 500;
    private static final int FINISHER_PASS = 0x5555;

    /** Finisher commands (code << 16 | 0x3333) for what must not happen. */
    private static final int WRONG_VALUE = 0x1_3333;

    private static final int NO_TRAP = 0x2_3333;

    /** mcause of a store to what is no memory (privileged specification, "Machine Cause Register"). */
    private static final int STORE_ACCESS_FAULT = 7;

    @TempDir
    Path folder;

    private int translatedBytes;

    @ParameterizedTest
    @CsvSource({"interpreted", "translated"})
    void aGuestReachesTheFirstTheMiddleAndTheLastBytesAndNothingBehindThem(String tier) throws Exception {
        assertTrue(Runtime.getRuntime().maxMemory() < MEMORY_BYTES, "this JVM's heap is too large to show it");
        VirtBoard board = VirtMachineBuilder.board(config(), new byte[0]);
        if (tier.equals("translated")) {
            board.translateWith(new ImmediateTranslator(() -> 5, 100) {
                @Override
                protected void translated(int lengthBytes) {
                    translatedBytes += lengthBytes;
                }
            });
        }
        while (board.ending().isEmpty() && board.count() < 1_000_000) {
            board.advance(1_000);
        }
        VirtBoard.Ending ending = board.ending().orElseThrow(() -> new AssertionError("it has not ended"));
        assertEquals(0, ending.exitCode(), ending.reason());
        assertEquals(tier.equals("translated"), translatedBytes > 0);
        Ram ram = board.ram();
        assertEquals(ROUNDS, ram.readLong(Ram.BASE + MEMORY_BYTES - 8));
        // The program, the device tree, and the two pages that are neither: a handful, not two million.
        long pages = ram.track().dirtyPages();
        assertTrue(pages >= 3 && pages < 20, pages + " pages have content");
    }

    /** Counts in three places, which differ by 4 GiB and in their values, compares them, then stores one word too far. */
    private MachineConfig config() throws Exception {
        int finisher = 5;
        int count = 6;
        int rounds = 7;
        int read = 8;
        int twice = 9;
        int first = 10;
        int middle = 11;
        int last = 12;
        int behind = 13;
        GuestCode code = new GuestCode();
        code.la(read, "trap").csrw(GuestCode.CSR_MTVEC, read).li(finisher, 0x100000);
        code.li(first, Ram.BASE + 0x800).li(middle, Ram.BASE + MEMORY_BYTES / 2 + 0x800);
        code.li(last, Ram.BASE + MEMORY_BYTES - 8).li(behind, Ram.BASE + MEMORY_BYTES);
        code.li(count, 0).li(rounds, ROUNDS);
        code.label("next").addi(count, count, 1).add(twice, count, count);
        code.sd(count, first, 0).sd(twice, middle, 0).sd(count, last, 0);
        code.ld(read, first, 0).bne(read, count, "wrong");
        code.ld(read, middle, 0).bne(read, twice, "wrong");
        code.ld(read, last, 0).bne(read, count, "wrong");
        code.bne(count, rounds, "next");
        code.sd(count, behind, 0).li(read, NO_TRAP).jump("end");
        code.label("wrong").li(read, WRONG_VALUE).jump("end");
        code.label("trap").csrr(read, GuestCode.CSR_MCAUSE).li(rounds, STORE_ACCESS_FAULT);
        code.bne(read, rounds, "wrong").li(read, FINISHER_PASS);
        code.label("end").sw(read, finisher, 0).label("wait").jump("wait");
        return new MachineConfig(
                "large",
                MachineConfig.TYPE_RISCV64_VIRT,
                MEMORY_BYTES,
                1,
                Optional.of(code.elf(folder.resolve("large.elf"))),
                Optional.empty(),
                MachineConfig.FIRMWARE_NONE,
                "",
                List.of(),
                Optional.empty());
    }
}
