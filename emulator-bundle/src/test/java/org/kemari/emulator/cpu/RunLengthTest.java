package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.kemari.emulator.cpu.Assembler.A0;
import static org.kemari.emulator.cpu.Assembler.A1;
import static org.kemari.emulator.cpu.Assembler.A2;
import static org.kemari.emulator.cpu.Assembler.S0;
import static org.kemari.emulator.cpu.Assembler.S1;
import static org.kemari.emulator.cpu.Assembler.T0;
import static org.kemari.emulator.cpu.Assembler.T1;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.kemari.emulator.ram.Ram;

/** However a run is cut, the state after the same number of instructions is the same. */
class RunLengthTest {
    private static final long TOTAL = 60_000;
    private static final long HANDLER = Ram.BASE + 0x1000;
    private static final long SEED = 20_240_411;

    /** A loop with stores, LR/SC, a software interrupt it raises itself, traps and a store into its own code. */
    private static BareBoard board() {
        BareBoard board = new BareBoard(1 << 20, 1);
        new Assembler()
                .raw(
                        Assembler.addi(A0, A0, 3),
                        Assembler.sd(A0, S0, 8),
                        Assembler.ld(A1, S0, 4),
                        Assembler.lr(A2, S0),
                        Assembler.r(0x33, 0, 0, A2, A2, A0),
                        Assembler.sc(T0, S0, A2),
                        Assembler.csrs(Csr.MIP, S1),
                        Assembler.addi(A1, A1, 1),
                        Assembler.ECALL,
                        Assembler.r(0x33, 4, 1, T1, A2, A1),
                        Assembler.sw(T1, S0, 16),
                        Assembler.sd(6, 7, 0x40),
                        Assembler.jal(0, -48))
                .store(board.ram, Ram.BASE);
        new Assembler()
                .raw(
                        Assembler.csrw(Csr.MIP, 0),
                        Assembler.addi(28, 28, 1),
                        Assembler.csrr(29, Csr.MCAUSE),
                        Assembler.r(0x33, 0, 0, 27, 27, 29),
                        Assembler.csrr(30, Csr.MEPC),
                        Assembler.i(0x13, 5, 26, 29, 63),
                        Assembler.bne(26, 0, 8),
                        Assembler.addi(30, 30, 4),
                        Assembler.csrw(Csr.MEPC, 30),
                        Assembler.MRET)
                .store(board.ram, HANDLER);
        Hart hart = board.hart();
        hart.setX(S0, Ram.BASE + 0x2000);
        hart.setX(S1, Csr.SSIP);
        hart.setX(7, Ram.BASE);
        // mtvec, mie.SSIE and mstatus.MIE are set by code of their own.
        new Assembler()
                .raw(
                        Assembler.csrw(Csr.MTVEC, 20),
                        Assembler.csrw(Csr.MIE, S1),
                        Assembler.csrw(Csr.MSTATUS, 21),
                        Assembler.i(0x67, 0, 0, 7, 0))
                .store(board.ram, Ram.BASE + 0x3000);
        hart.reset(Ram.BASE + 0x3000, PrivilegeMode.MACHINE, 0, 0);
        hart.setX(S0, Ram.BASE + 0x2000);
        hart.setX(S1, Csr.SSIP);
        hart.setX(7, Ram.BASE);
        hart.setX(20, HANDLER);
        hart.setX(21, Csr.MIE_BIT);
        return board;
    }

    private static String after(LongSupplier budgets) {
        BareBoard board = board();
        long done = 0;
        while (done < TOTAL) {
            long budget = Math.min(TOTAL - done, budgets.getAsLong());
            assertEquals(budget, board.hart().run(budget));
            done += budget;
            assertEquals(done, board.hart().instructions());
        }
        return stateAfterAll(board);
    }

    private static String stateAfterAll(BareBoard board) {
        byte[] page = new byte[4096];
        board.ram.read(2, page, 0);
        return StateMap.of(board.hart()).text() + java.util.Arrays.hashCode(page);
    }

    @Test
    void stateDoesNotDependOnWhereRunsAreCut() {
        String whole = after(() -> TOTAL);
        assertEquals(whole, after(() -> 1));
        assertEquals(whole, after(() -> 7));
        Random random = new Random(SEED);
        assertEquals(whole, after(() -> 1 + random.nextInt(200)), "seed=" + SEED);
    }

    @Test
    void aRunWithSlackEndsSoMuchEarlierAtMostAndInAStateThatIsPassedAnyway() {
        int slack = 20;
        BareBoard board = board();
        Random random = new Random(SEED);
        long done = 0;
        int early = 0;
        while (done < TOTAL) {
            long budget = Math.min(TOTAL - done, 1 + random.nextInt(200));
            long ran = board.hart().run(budget, slack);
            assertTrue(ran > 0 && ran <= budget && ran >= budget - slack, ran + " of " + budget + ", seed=" + SEED);
            early += ran < budget ? 1 : 0;
            done += ran;
            assertEquals(done, board.hart().instructions());
        }
        assertTrue(early > 0, "no run ended early");
        assertEquals(stateAfterAll(board), after(() -> TOTAL));
    }

    @Test
    void interruptsOfItsOwnAreTakenInThatProgram() {
        BareBoard board = board();
        board.hart().run(TOTAL);
        assertTrue(
                board.hart().x(27) < 0 || board.hart().x(28) > 1000,
                "cause sum " + board.hart().x(27));
    }

    @Test
    void hotMethodStaysBelowWhatHotSpotCompiles() throws IOException {
        int length = new CodeLength("/org/kemari/emulator/cpu/Interpreter.class").of("executePiece");
        assertTrue(
                length > 500 && length < 8000,
                "executePiece has " + length + " bytes of bytecode; HotSpot's limit is 8000");
    }

    /** Reads the length of a method's bytecode out of a class file (JVM specification §4). */
    private static final class CodeLength {
        private final DataInputStream in;
        private final String[] names;

        CodeLength(String resource) throws IOException {
            InputStream stream = RunLengthTest.class.getResourceAsStream(resource);
            in = new DataInputStream(stream);
            in.skipNBytes(8);
            int constants = in.readUnsignedShort();
            names = new String[constants];
            for (int i = 1; i < constants; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> names[i] = in.readUTF();
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        i++;
                    }
                    case 15 -> in.skipNBytes(3);
                    default -> in.skipNBytes(2);
                }
            }
        }

        int of(String method) throws IOException {
            in.skipNBytes(6);
            in.skipNBytes(2L * in.readUnsignedShort());
            skipMembers();
            int count = in.readUnsignedShort();
            for (int i = 0; i < count; i++) {
                in.skipNBytes(2);
                boolean wanted = names[in.readUnsignedShort()].equals(method);
                in.skipNBytes(2);
                int attributes = in.readUnsignedShort();
                for (int a = 0; a < attributes; a++) {
                    boolean code = "Code".equals(names[in.readUnsignedShort()]);
                    int size = in.readInt();
                    if (wanted && code) {
                        in.skipNBytes(4);
                        return in.readInt();
                    }
                    in.skipNBytes(size);
                }
            }
            return -1;
        }

        private void skipMembers() throws IOException {
            int count = in.readUnsignedShort();
            for (int i = 0; i < count; i++) {
                in.skipNBytes(6);
                int attributes = in.readUnsignedShort();
                for (int a = 0; a < attributes; a++) {
                    in.skipNBytes(2);
                    in.skipNBytes(in.readInt());
                }
            }
        }
    }
}
