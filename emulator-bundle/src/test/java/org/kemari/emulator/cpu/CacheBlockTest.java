package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.kemari.api.device.GuestAddressException;
import org.kemari.emulator.ram.Ram;

/** Zicboz and Zicbom: what they do, and who may. */
class CacheBlockTest {
    private static final long HANDLER = Ram.BASE + 0x1000;
    private static final long DATA = Ram.BASE + 0x2000;
    private static final int INVALIDATE = cbo(0);
    private static final int CLEAN = cbo(1);
    private static final int FLUSH = cbo(2);
    private static final int ZERO = cbo(4);

    private final BareBoard board = new BareBoard(1 << 20, 1);
    private final Hart hart = board.hart();

    /** On the block that x10 points into. */
    private static int cbo(int operation) {
        return Assembler.i(0x0f, 2, 0, 10, operation);
    }

    /** Executes one instruction in a mode, with these values in menvcfg and senvcfg; returns mcause, or -1. */
    private long execute(int word, PrivilegeMode mode, long machine, long supervisor, long address) {
        new Assembler()
                .raw(
                        Assembler.csrw(Csr.MENVCFG, 5),
                        Assembler.csrw(Csr.SENVCFG, 6),
                        Assembler.csrw(Csr.MTVEC, 7),
                        Assembler.csrw(Csr.MEPC, 28),
                        Assembler.csrw(Csr.MSTATUS, 29),
                        Assembler.csrw(Csr.PMPADDR0, 30),
                        Assembler.csrw(Csr.PMPCFG0, 31),
                        Assembler.MRET,
                        word)
                .store(board.ram, Ram.BASE);
        hart.reset(Ram.BASE, PrivilegeMode.MACHINE, address, 0);
        hart.setX(5, machine);
        hart.setX(6, supervisor);
        hart.setX(7, HANDLER);
        hart.setX(28, Ram.BASE + 32);
        hart.setX(29, (long) mode.code() << Csr.MPP_SHIFT);
        hart.setX(30, -1L >>> 10);
        hart.setX(31, 31);
        hart.run(9);
        return hart.pc() == HANDLER ? StateMap.readCsr(board, hart, Csr.MCAUSE) : -1;
    }

    @Test
    void zeroClearsTheWholeBlockAroundTheAddressAndNoMore() throws GuestAddressException {
        for (int i = -8; i < 72; i += 8) {
            board.ram.writeLong(DATA + i, -1);
        }
        assertEquals(-1, execute(ZERO, PrivilegeMode.MACHINE, 0, 0, DATA + 17));
        for (int i = 0; i < 64; i += 8) {
            assertEquals(0, board.ram.readLong(DATA + i));
        }
        assertEquals(-1, board.ram.readLong(DATA - 8));
        assertEquals(-1, board.ram.readLong(DATA + 64));
    }

    @Test
    void cleanFlushAndInvalidateLeaveMemoryAsItIs() throws GuestAddressException {
        board.ram.writeLong(DATA, 5);
        for (int word : new int[] {INVALIDATE, CLEAN, FLUSH}) {
            assertEquals(-1, execute(word, PrivilegeMode.MACHINE, 0, 0, DATA));
        }
        assertEquals(5, board.ram.readLong(DATA));
    }

    @Test
    void eachFieldOfTheEnvironmentConfigurationsOpensItsOperationsToTheModesBelow() {
        int[] words = {INVALIDATE, CLEAN, FLUSH, ZERO};
        long[] fields = {Csr.CBIE, Csr.CBCFE, Csr.CBCFE, Csr.CBZE};
        for (int i = 0; i < words.length; i++) {
            long all = Csr.CBIE | Csr.CBCFE | Csr.CBZE;
            long others = all & ~fields[i];
            assertEquals(2, execute(words[i], PrivilegeMode.SUPERVISOR, others, all, DATA));
            assertEquals(-1, execute(words[i], PrivilegeMode.SUPERVISOR, fields[i], 0, DATA));
            assertEquals(2, execute(words[i], PrivilegeMode.USER, all, others, DATA));
            assertEquals(2, execute(words[i], PrivilegeMode.USER, others, all, DATA));
            assertEquals(-1, execute(words[i], PrivilegeMode.USER, fields[i], fields[i], DATA));
        }
    }

    @Test
    void whatIsNoMemoryGivesAStoreAccessFaultWithTheAddressAsItWas() {
        assertEquals(7, execute(ZERO, PrivilegeMode.MACHINE, 0, 0, 0x200004));
        assertEquals(0x200004, StateMap.readCsr(board, hart, Csr.MTVAL));
    }

    @Test
    void aBlockThatMayNotBeReadGivesAStoreAccessFault() {
        // MPP says S, and no PMP entry opens memory to it: with MPRV even M-mode's accesses are made with S's rights.
        new Assembler()
                .raw(Assembler.csrw(Csr.MTVEC, 7), Assembler.csrw(Csr.MSTATUS, 29), FLUSH)
                .store(board.ram, Ram.BASE);
        hart.reset(Ram.BASE, PrivilegeMode.MACHINE, DATA + 8, 0);
        hart.setX(7, HANDLER);
        hart.setX(29, Csr.MPRV | 1L << Csr.MPP_SHIFT);
        hart.run(3);
        assertEquals(HANDLER, hart.pc());
        assertEquals(7, StateMap.readCsr(board, hart, Csr.MCAUSE));
        assertEquals(DATA + 8, StateMap.readCsr(board, hart, Csr.MTVAL));
    }

    @Test
    void aReservedValueOfTheInvalidateFieldIsNotTaken() {
        execute(CLEAN, PrivilegeMode.MACHINE, 2 << 4, 1 << 4, DATA);
        assertEquals(0, StateMap.readCsr(board, hart, Csr.MENVCFG));
        assertEquals(1 << 4, StateMap.readCsr(board, hart, Csr.SENVCFG));
    }

    @Test
    void zeroedCodeIsNotExecutedAnyMore() {
        new Assembler()
                .raw(Assembler.addi(11, 11, 1), Assembler.i(0x67, 0, 0, 1, 0))
                .store(board.ram, DATA);
        new Assembler()
                .raw(Assembler.csrw(Csr.MTVEC, 7), Assembler.i(0x67, 0, 1, 10, 0), ZERO, Assembler.i(0x67, 0, 1, 10, 0))
                .store(board.ram, Ram.BASE);
        hart.reset(Ram.BASE, PrivilegeMode.MACHINE, DATA, 0);
        hart.setX(7, HANDLER);
        hart.run(7);
        assertEquals(HANDLER, hart.pc());
        assertEquals(1, hart.x(11));
        assertEquals(DATA, StateMap.readCsr(board, hart, Csr.MEPC));
    }
}
