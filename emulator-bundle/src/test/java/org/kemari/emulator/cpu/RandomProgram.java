package org.kemari.emulator.cpu;

import java.util.Random;
import org.kemari.api.device.GuestAddressException;
import org.kemari.emulator.ram.Ram;

/**
 * Legal code made by chance, for ever: loops, branches, calls, switches, faults, misaligned and page-crossing accesses,
 * atomics, floating point on special values with all rounding modes, stores into its own code, compressed instructions
 * that let others cross a page's end.
 *
 * <pre>
 * BASE           the program, over some pages
 * BASE + 0x8000  the trap handler
 * BASE + 0xa000  one instruction a slot, which the program overwrites, and a return
 * BASE + 0x10000 data, five pages
 * </pre>
 */
final class RandomProgram {
    static final long HANDLER = Ram.BASE + 0x8000;
    private static final long SLOTS = Ram.BASE + 0xa000;
    private static final long DATA = Ram.BASE + 0x10000;
    private static final int CODE_BYTES = 0x3000;

    // Registers with a task; the others are the program's.
    private static final int RA = 1;
    private static final int LOOP = 16;
    private static final int OUTER_RETURN = 17;
    private static final int INNER_RETURN = 18;
    private static final int CASE = 17;
    private static final int CASE_ADDRESS = 18;
    private static final int ALIGNED = 20;
    private static final int CROSSING = 21;
    private static final int NOWHERE = 22;
    private static final int SLOT = 23;
    private static final int PATCH = 24;
    private static final int PATCH_STEP = 25;
    private static final int FREE = 16;

    private static final long[] SPECIAL = {
        0,
        1L << 63,
        0x3ff0_0000_0000_0000L,
        0x7ff0_0000_0000_0000L,
        0xfff0_0000_0000_0000L,
        0x7ff8_0000_0000_0000L,
        0x7ff0_0000_0000_0001L,
        1,
        0x000f_ffff_ffff_ffffL,
        0x0010_0000_0000_0000L,
        0x0010_0000_0000_0001L,
        0x7fef_ffff_ffff_ffffL,
        0x43e0_0000_0000_0000L,
        0xffff_ffff_3f80_0000L,
        0xffff_ffff_7f80_0000L,
        0xffff_ffff_7fc0_0000L,
        0xffff_ffff_7f80_0001L,
        0xffff_ffff_0000_0001L,
        0xffff_ffff_007f_ffffL,
        0xffff_ffff_0080_0000L,
        0xffff_ffff_0080_0001L,
        0xffff_ffff_7f7f_ffffL,
        0x3f80_0000L
    };

    private final Random random;
    private final Ram ram;
    private long at = Ram.BASE;

    private RandomProgram(Ram ram, long seed) {
        this.ram = ram;
        random = new Random(seed);
    }

    /** Puts a program into a board's RAM and its first hart at its beginning. */
    static void load(BareBoard board, long seed) {
        try {
            new RandomProgram(board.ram, seed).write(board.hart());
        } catch (GuestAddressException e) {
            throw new IllegalStateException("the board's RAM is too small", e);
        }
    }

    private void write(Hart hart) throws GuestAddressException {
        handler();
        for (int slot = 0; slot < 32; slot++) {
            ram.writeInt(SLOTS + 8 * slot, Assembler.addi(5, 5, slot));
            ram.writeInt(SLOTS + 8 * slot + 4, Assembler.i(0x67, 0, 0, RA, 0));
        }
        for (long address = DATA; address < DATA + 0x5000; address += 8) {
            ram.writeLong(
                    address, random.nextInt(3) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextLong());
        }
        emit(Assembler.csrw(Csr.MTVEC, 26), Assembler.csrw(Csr.MSTATUS, 27), Assembler.csrw(Csr.MIE, 28));
        for (int register = 0; register < 32; register++) {
            emit(Assembler.i(0x07, 3, register, ALIGNED, 8 * register));
        }
        long start = at;
        while (at < Ram.BASE + CODE_BYTES) {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> loop(() -> straight(1 + random.nextInt(15)));
                case 3 -> calls();
                case 4 -> loop(this::choice);
                default -> straight(1 + random.nextInt(12));
            }
        }
        emit(Assembler.jal(0, (int) (start - at)));

        hart.reset(Ram.BASE, PrivilegeMode.MACHINE, random.nextLong(), random.nextLong());
        for (int register = 1; register < FREE; register++) {
            hart.setX(register, random.nextLong());
        }
        hart.setX(ALIGNED, DATA + 0x800);
        hart.setX(CROSSING, DATA + 0x1ffb);
        hart.setX(NOWHERE, 0x4000_0000L + random.nextInt(64));
        hart.setX(SLOT, SLOTS);
        hart.setX(PATCH, Assembler.addi(5, 5, 1));
        hart.setX(PATCH_STEP, 1 << 20);
        hart.setX(26, HANDLER);
        hart.setX(27, Csr.FS | Csr.MIE_BIT);
        hart.setX(28, Csr.SSIP);
    }

    /** Counts, skips what trapped, and takes back the software interrupt. */
    private void handler() {
        new Assembler()
                .raw(
                        Assembler.addi(31, 31, 1),
                        Assembler.csrr(30, Csr.MCAUSE),
                        Assembler.i(0x13, 5, 29, 30, 63),
                        Assembler.bne(29, 0, 36),
                        Assembler.csrr(30, Csr.MEPC),
                        Assembler.i(0x03, 5, 29, 30, 0), // lhu
                        Assembler.i(0x13, 7, 29, 29, 3),
                        Assembler.addi(29, 29, -3),
                        Assembler.i(0x13, 3, 29, 29, 1), // seqz
                        Assembler.i(0x13, 1, 29, 29, 1),
                        Assembler.addi(29, 29, 2),
                        Assembler.jal(0, 12),
                        // interrupt
                        Assembler.i(0x73, 7, 0, 2, Csr.MIP), // csrci mip, 2
                        Assembler.MRET,
                        // skip
                        Assembler.r(0x33, 0, 0, 30, 30, 29),
                        Assembler.csrw(Csr.MEPC, 30),
                        Assembler.MRET)
                .store(ram, HANDLER);
    }

    private void emit(int... words) throws GuestAddressException {
        for (int word : words) {
            ram.writeInt(at, word);
            at += 4;
        }
    }

    private void compressed(int half) throws GuestAddressException {
        ram.writeShort(at, half);
        at += 2;
    }

    @FunctionalInterface
    private interface Part {
        void write() throws GuestAddressException;
    }

    private void loop(Part body) throws GuestAddressException {
        emit(Assembler.addi(LOOP, 0, 2 + random.nextInt(60)));
        long start = at;
        body.write();
        emit(Assembler.addi(LOOP, LOOP, -1));
        emit(Assembler.bne(LOOP, 0, (int) (start - at)));
    }

    /** A function, one that calls it, and a loop that calls both, all close together. */
    private void calls() throws GuestAddressException {
        long over = at;
        emit(0);
        long inner = at;
        function(INNER_RETURN, () -> straight(1 + random.nextInt(6)));
        long outer = at;
        function(OUTER_RETURN, () -> {
            straight(random.nextInt(4));
            call(inner);
            straight(random.nextInt(4));
            call(inner);
        });
        ram.writeInt(over, Assembler.jal(0, (int) (at - over)));
        loop(() -> {
            call(outer);
            straight(random.nextInt(4));
            call(random.nextBoolean() ? inner : outer);
        });
    }

    private void call(long function) throws GuestAddressException {
        emit(Assembler.jal(RA, (int) (function - at)));
    }

    /** What it does itself may use the link register. */
    private void function(int keptReturn, Part body) throws GuestAddressException {
        emit(Assembler.addi(keptReturn, RA, 0));
        body.write();
        emit(Assembler.addi(RA, keptReturn, 0), Assembler.i(0x67, 0, 0, RA, 0));
    }

    /** A jump to one of some cases, all of which go on behind them. */
    private void choice() throws GuestAddressException {
        int cases = 1 << 1 + random.nextInt(3);
        straight(1 + random.nextInt(4));
        emit(
                Assembler.i(0x13, 7, CASE, any(), 8 * (cases - 1)), // andi
                CASE_ADDRESS << 7 | 0x17, // auipc
                Assembler.r(0x33, 0, 0, CASE_ADDRESS, CASE_ADDRESS, CASE),
                Assembler.i(0x67, 0, 0, CASE_ADDRESS, 12));
        long end = at + 8 * cases;
        while (at < end) {
            arithmetic();
            emit(Assembler.jal(0, (int) (end - at)));
        }
    }

    private void straight(int count) throws GuestAddressException {
        for (int i = 0; i < count; i++) {
            switch (random.nextInt(22)) {
                case 0, 1, 2 -> arithmetic();
                case 3, 20 -> emit(RandomBits.word(random, target(), any(), any()));
                case 4, 5 -> immediate();
                case 6, 7, 8 -> load();
                case 9, 10 -> store();
                case 11 -> branch();
                case 12 -> atomic();
                case 13, 14, 15 -> floating();
                case 16 -> selfModify();
                case 17 -> system();
                case 21 -> structure();
                default -> compressed();
            }
        }
    }

    private int any() {
        return random.nextInt(FREE);
    }

    private int target() {
        int register = random.nextInt(FREE);
        return register == RA ? 0 : register;
    }

    private void arithmetic() throws GuestAddressException {
        boolean word = random.nextInt(3) == 0;
        int funct7 = random.nextInt(3);
        int funct3 = random.nextInt(8);
        int opcode = word ? 0x3b : 0x33;
        if (funct7 == 2) {
            funct3 = random.nextBoolean() ? 0 : 5;
        } else if (word && funct7 == 0) {
            funct3 = new int[] {0, 1, 5}[random.nextInt(3)];
        } else if (word && funct3 > 0 && funct3 < 4) {
            funct3 = 4;
        }
        emit(Assembler.r(opcode, funct3, funct7 == 2 ? 32 : funct7, target(), any(), any()));
    }

    private void immediate() throws GuestAddressException {
        int funct3 = random.nextInt(8);
        int value = random.nextInt(4096) - 2048;
        if (funct3 == 1) {
            value = random.nextInt(64);
        } else if (funct3 == 5) {
            value = random.nextInt(64) | (random.nextBoolean() ? 0x400 : 0);
        }
        switch (random.nextInt(4)) {
            case 0 -> emit(Assembler.i(0x1b, 0, target(), any(), random.nextInt(4096) - 2048));
            case 1 -> emit(random.nextInt() & ~0xfff | target() << 7 | (random.nextBoolean() ? 0x37 : 0x17));
            default -> emit(Assembler.i(0x13, funct3, target(), any(), value));
        }
    }

    private int base() {
        int which = random.nextInt(24);
        return which == 0 ? NOWHERE : which < 6 ? CROSSING : ALIGNED;
    }

    /** Mostly close enough together that accesses share a look into the TLB, now and then as far as offsets go. */
    private int offset() {
        int range = random.nextInt(3) == 0 ? 512 : 32;
        int aligned = 8 * (random.nextInt(range) - range / 2);
        return random.nextInt(4) == 0 ? aligned + random.nextInt(8) : aligned;
    }

    private void load() throws GuestAddressException {
        emit(Assembler.i(0x03, random.nextInt(7), target(), base(), offset()));
    }

    private static int storeOf(int opcode, int funct3, int rs1, int rs2, int offset) {
        return offset >> 5 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (offset & 31) << 7 | opcode;
    }

    private void store() throws GuestAddressException {
        emit(storeOf(0x23, random.nextInt(4), base(), any(), offset()));
    }

    /** What a program does with a structure that lies in two pages: many accesses off one register, near and far. */
    private void structure() throws GuestAddressException {
        int count = 3 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(3) == 0) {
                emit(storeOf(0x23, random.nextInt(4), CROSSING, any(), offset()));
            } else {
                emit(Assembler.i(0x03, random.nextInt(7), target(), CROSSING, offset()));
            }
        }
    }

    /** Over some instructions, forwards. */
    private void branch() throws GuestAddressException {
        int[] kinds = {0, 1, 4, 5, 6, 7};
        long branch = at;
        emit(0);
        int skipped = 1 + random.nextInt(5);
        for (int i = 0; i < skipped; i++) {
            if (random.nextInt(3) == 0) {
                compressed();
            } else {
                arithmetic();
            }
        }
        int word = Assembler.bne(any(), any(), (int) (at - branch)) & ~0x7000;
        ram.writeInt(branch, word | kinds[random.nextInt(kinds.length)] << 12);
    }

    private void atomic() throws GuestAddressException {
        int width = 2 + random.nextInt(2);
        int[] operations = {0, 1, 4, 8, 12, 16, 20, 24, 28};
        int base = random.nextInt(8) == 0 ? CROSSING : ALIGNED;
        if (random.nextInt(3) == 0) {
            emit(
                    Assembler.r(0x2f, width, 2 << 2, target(), base, 0),
                    Assembler.r(0x2f, width, 3 << 2, target(), base, any()));
        } else {
            emit(Assembler.r(0x2f, width, operations[random.nextInt(operations.length)] << 2, target(), base, any()));
        }
    }

    private int rounding() {
        int[] modes = {0, 7, 7, 7, 1, 1, 2, 3, 4};
        return modes[random.nextInt(modes.length)];
    }

    private void floating() throws GuestAddressException {
        int format = random.nextInt(8) == 0 ? 2 : random.nextInt(2); // half now and then
        int width = format == 2 ? 1 : 2 + format;
        int f1 = random.nextInt(32);
        int f2 = random.nextInt(32);
        int rd = random.nextInt(32);
        switch (random.nextInt(16)) {
            case 0, 1 -> emit(Assembler.i(0x07, width, rd, base(), offset()));
            case 2 -> emit(storeOf(0x27, width, base(), f1, offset()));
            case 3, 4, 5, 6 -> emit(Assembler.r(0x53, rounding(), random.nextInt(4) << 2 | format, rd, f1, f2));
            case 7 -> emit(Assembler.r(0x53, rounding(), 11 << 2 | format, rd, f1, 0));
            case 8 ->
                emit(Assembler.r(
                        0x43 + 4 * random.nextInt(4), rounding(), random.nextInt(32) << 2 | format, rd, f1, f2));
            case 9 -> emit(Assembler.r(0x53, random.nextInt(3), 4 << 2 | format, rd, f1, f2));
            case 10 -> emit(Assembler.r(0x53, random.nextInt(2), 5 << 2 | format, rd, f1, f2));
            case 11 -> emit(Assembler.r(0x53, random.nextInt(3), 20 << 2 | format, target(), f1, f2));
            case 12 -> emit(Assembler.r(0x53, rounding(), 24 << 2 | format, target(), f1, random.nextInt(4)));
            case 13 -> emit(Assembler.r(0x53, rounding(), 26 << 2 | format, rd, any(), random.nextInt(4)));
            case 14 ->
                emit(Assembler.r(0x53, rounding(), 8 << 2 | format, rd, f1, (format + 1 + random.nextInt(2)) % 3));
            default -> {
                if (random.nextBoolean()) {
                    emit(Assembler.r(0x53, random.nextInt(2), 28 << 2 | format, target(), f1, 0));
                } else {
                    emit(Assembler.r(0x53, 0, 30 << 2 | format, rd, any(), 0));
                }
            }
        }
    }

    /** Changes an instruction, then calls it. */
    private void selfModify() throws GuestAddressException {
        int slot = 8 * random.nextInt(32);
        if (random.nextInt(6) == 0) {
            emit(Assembler.r(0x33, 0, 0, PATCH, PATCH, PATCH_STEP), Assembler.sw(PATCH, SLOT, slot), Assembler.FENCE_I);
        }
        emit(Assembler.i(0x67, 0, RA, SLOT, slot));
    }

    private void system() throws GuestAddressException {
        switch (random.nextInt(9)) {
            case 0 -> emit(Assembler.ECALL);
            case 1 -> emit(Assembler.csrr(target(), Csr.FCSR));
            case 2 -> emit(Assembler.i(0x73, 5, 0, random.nextInt(6), Csr.FRM)); // csrwi frm
            case 3 -> emit(Assembler.i(0x73, 5, 0, 0, Csr.FRM));
            case 4 -> emit(Assembler.i(0x73, 5, 0, random.nextInt(32), Csr.FFLAGS));
            case 5 -> emit(Assembler.csrr(target(), Csr.MINSTRET));
            case 6 -> emit(0xffff_ffff); // illegal
            case 7 -> emit(Assembler.i(0x0f, 2, 0, base(), 4)); // cbo.zero
            default -> emit(Assembler.csrw(Csr.MSCRATCH, any()));
        }
    }

    private void compressed() throws GuestAddressException {
        int rd = 2 + random.nextInt(FREE - 2);
        int low = random.nextInt(8);
        int other = random.nextInt(8);
        switch (random.nextInt(6)) {
            case 0 -> compressed(0x0001 | rd << 7 | (1 + random.nextInt(31)) << 2); // c.addi
            case 1 -> compressed(0x4001 | rd << 7 | random.nextInt(32) << 2); // c.li
            case 2 -> compressed(0x8002 | rd << 7 | (1 + random.nextInt(FREE - 1)) << 2); // c.mv
            case 3 -> compressed(0x9002 | rd << 7 | (1 + random.nextInt(FREE - 1)) << 2); // c.add
            case 4 -> compressed(0x8c01 | low << 7 | random.nextInt(4) << 5 | other << 2); // c.sub, xor, or, and
            default -> compressed(0x9c01 | low << 7 | random.nextInt(2) << 5 | other << 2); // c.subw, c.addw
        }
    }
}
