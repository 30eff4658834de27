package org.kemari.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.kemari.emulator.cpu.Assembler.A0;
import static org.kemari.emulator.cpu.Assembler.A1;
import static org.kemari.emulator.cpu.Assembler.A2;
import static org.kemari.emulator.cpu.Assembler.A3;
import static org.kemari.emulator.cpu.Assembler.S0;
import static org.kemari.emulator.cpu.Assembler.T0;
import static org.kemari.emulator.cpu.Assembler.T1;
import static org.kemari.emulator.cpu.Assembler.ZERO;

import org.junit.jupiter.api.Test;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.state.StateFormatException;
import org.kemari.emulator.ram.Ram;

/** What another Java emulator had to mend, one test each, on bare code. */
class HartDefectsTest {
    private static final long CODE = Ram.BASE;
    private static final long HANDLER = Ram.BASE + 0x1000;
    private static final long DATA = Ram.BASE + 0x10000;

    private final BareBoard board = new BareBoard(16 << 20, 2);
    private final Hart hart = board.hart();

    /** Puts code at the reset address and a handler that waits at mtvec. */
    private void program(int... words) {
        new Assembler().raw(words).store(board.ram, CODE);
        new Assembler().raw(Assembler.WFI, Assembler.jal(0, -4)).store(board.ram, HANDLER);
        hart.reset(CODE, PrivilegeMode.MACHINE, 0, 0);
        csr(Csr.MTVEC, HANDLER);
    }

    /** Writes a CSR by an instruction of its own, far from the program. */
    private void csr(int number, long value) {
        long at = Ram.BASE + 0xf000;
        long pc = hart.pc();
        new Assembler()
                .raw(Assembler.csrw(number, 31), Assembler.i(0x67, 0, 0, 30, 0))
                .store(board.ram, at);
        hart.setX(31, value);
        hart.setX(30, pc);
        jump(at);
        hart.run(2);
        assertEquals(pc, hart.pc());
    }

    private void jump(long target) {
        StateMap state = StateMap.of(hart);
        state.longs("csr")[0] = target;
        restore(state);
    }

    private void restore(StateMap state) {
        try {
            hart.restore(state);
        } catch (StateFormatException e) {
            throw new AssertionError(e);
        }
    }

    private long read(int number) {
        return StateMap.readCsr(board, hart, number);
    }

    @Test
    void floatingPointWithFsOffTraps() {
        program(0x0220_81d3); // fadd.d f3, f1, f2, rne
        hart.run(1);
        assertEquals(HANDLER, hart.pc());
        assertEquals(2, read(Csr.MCAUSE));
        assertEquals(0x0220_81d3, read(Csr.MTVAL));
    }

    @Test
    void floatingPointResultSetsFsDirtyAndSd() {
        program(0xd200_80d3 | 0); // fcvt.d.w f1, x1
        csr(Csr.MSTATUS, 1 << 13);
        hart.run(1);
        assertEquals(Csr.FS, read(Csr.MSTATUS) & Csr.FS);
        assertNotEquals(0, read(Csr.MSTATUS) & Csr.SD);
    }

    @Test
    void divwByZeroAndOverflow() {
        program(Assembler.r(0x3b, 4, 1, A2, A0, ZERO), Assembler.r(0x3b, 4, 1, A3, A0, A1));
        hart.setX(A0, 0xffff_ffff_8000_0000L);
        hart.setX(A1, -1);
        hart.run(2);
        assertEquals(-1, hart.x(A2));
        assertEquals(0xffff_ffff_8000_0000L, hart.x(A3));
    }

    @Test
    void machineExternalInterruptCanBeEnabledAndIsTakenFirst() {
        program(Assembler.addi(A0, A0, 1), Assembler.addi(A0, A0, 1));
        csr(Csr.MIE, -1);
        assertEquals(0xaaa, read(Csr.MIE));
        csr(Csr.MSTATUS, Csr.MIE_BIT);
        hart.setInterrupt(7, true);
        hart.setInterrupt(11, true);
        hart.run(1);
        assertEquals(1L << 63 | 11, read(Csr.MCAUSE));
    }

    @Test
    void onlySoftwaresBitsOfMipAreWritable() {
        program(Assembler.addi(A0, A0, 1));
        csr(Csr.MIP, -1);
        assertEquals(Csr.SSIP | Csr.STIP | Csr.SEIP, read(Csr.MIP));
    }

    @Test
    void satpWithModeBareIsWrittenAndUnknownModesAreNot() {
        program(Assembler.addi(A0, A0, 1));
        csr(Csr.SATP, 8L << 60 | 0x80001);
        assertEquals(8L << 60 | 0x80001, read(Csr.SATP));
        csr(Csr.SATP, 10L << 60 | 5);
        assertEquals(8L << 60 | 0x80001, read(Csr.SATP));
        csr(Csr.SATP, 0);
        assertEquals(0, read(Csr.SATP));
    }

    @Test
    void instretIsApartFromCycle() {
        program(
                Assembler.csrw(Csr.MINSTRET, ZERO),
                Assembler.csrr(A0, Csr.MINSTRET),
                Assembler.csrr(A1, Csr.MCYCLE),
                Assembler.ECALL);
        hart.run(3);
        assertEquals(0, hart.x(A0));
        assertNotEquals(0, hart.x(A1));
        long instret = read(Csr.MINSTRET);
        long cycle = read(Csr.MCYCLE);
        hart.run(1); // traps: counts as a cycle, not as retired
        assertEquals(instret, read(Csr.MINSTRET));
        assertEquals(cycle + 1, read(Csr.MCYCLE));
    }

    @Test
    void storesToCodeAreExecutedAfterFenceI() {
        // Executes addi a0, a0, 1 at CODE+12, overwrites it with addi a0, a0, 16 and runs it again.
        program(
                Assembler.jal(0, 12),
                Assembler.sw(T0, T1, 0),
                Assembler.FENCE_I,
                Assembler.addi(A0, A0, 1),
                Assembler.bne(A0, A1, -12),
                Assembler.WFI);
        hart.setX(T0, Assembler.addi(A0, A0, 16));
        hart.setX(T1, CODE + 12);
        hart.setX(A1, 17);
        hart.run(100);
        assertEquals(17, hart.x(A0));
    }

    @Test
    void codeWrittenByDeviceIsExecuted() throws GuestAddressException {
        program(Assembler.addi(A0, A0, 1), Assembler.jal(0, -4));
        hart.run(20);
        assertEquals(10, hart.x(A0));
        board.ram.writeInt(CODE, Assembler.addi(A0, A0, 100));
        hart.run(2);
        assertEquals(110, hart.x(A0));
    }

    @Test
    void scFailsAfterATrap() {
        program(Assembler.lr(A0, S0), Assembler.ECALL);
        new Assembler().raw(Assembler.sc(A1, S0, A0)).store(board.ram, HANDLER);
        hart.setX(S0, DATA);
        hart.run(3);
        assertEquals(1, hart.x(A1));
    }

    @Test
    void scSucceedsAcrossACutOfTheRun() {
        program(Assembler.lr(A0, S0), Assembler.addi(A0, A0, 5), Assembler.sc(A1, S0, A0));
        hart.setX(S0, DATA);
        hart.run(1);
        hart.run(1);
        hart.run(1);
        assertEquals(0, hart.x(A1));
    }

    @Test
    void scFailsWhenAnotherHartRanBetween() {
        program(Assembler.lr(A0, S0), Assembler.sc(A1, S0, A0));
        hart.setX(S0, DATA);
        hart.run(1);
        board.harts[1].reset(CODE + 0x800, PrivilegeMode.MACHINE, 1, 0);
        new Assembler().raw(Assembler.addi(A0, A0, 0)).store(board.ram, CODE + 0x800);
        board.harts[1].run(1);
        hart.run(1);
        assertEquals(1, hart.x(A1));
    }

    @Test
    void scFailsAfterADeviceWroteThere() throws GuestAddressException {
        program(Assembler.lr(A0, S0), Assembler.sc(A1, S0, A0));
        hart.setX(S0, DATA);
        hart.run(1);
        board.ram.writeLong(DATA, 0); // the same value as before
        hart.run(1);
        assertEquals(1, hart.x(A1));
    }

    @Test
    void misalignedAtomicTraps() {
        program(Assembler.lr(A0, S0));
        hart.setX(S0, DATA + 4);
        hart.run(1);
        assertEquals(4, read(Csr.MCAUSE));
        assertEquals(DATA + 4, read(Csr.MTVAL));
    }

    @Test
    void wfiWaitsUntilAnEnabledInterruptIsPending() {
        program(Assembler.WFI, Assembler.addi(A0, A0, 1));
        csr(Csr.MIE, Csr.MTIP);
        assertEquals(1, hart.run(100));
        assertTrue(hart.waiting());
        assertEquals(0, hart.run(100));
        hart.setInterrupt(11, true);
        assertTrue(hart.waiting());
        hart.setInterrupt(7, true);
        assertFalse(hart.waiting());
        assertEquals(1, hart.run(1)); // mstatus.MIE is off: goes on behind WFI
        assertEquals(1, hart.x(A0));
    }

    @Test
    void deviceAccessEndsItsBlockWithTheRegisterWritten() {
        program(Assembler.lw(A0, S0, 0), Assembler.addi(A1, A0, 1));
        hart.setX(S0, 0x200000);
        board.deviceValue = 0x8000_0001L;
        hart.run(2);
        assertEquals(0xffff_ffff_8000_0001L, hart.x(A0));
        assertEquals(0xffff_ffff_8000_0002L, hart.x(A1));
        assertEquals(1, board.deviceReads);
    }

    @Test
    void interruptOfADeviceThatIsReadIsTakenBehindTheLoad() {
        program(Assembler.lw(A0, S0, 0), Assembler.addi(A1, A1, 1), Assembler.addi(A1, A1, 1), Assembler.WFI);
        csr(Csr.MIE, 1 << 11);
        csr(Csr.MSTATUS, Csr.MIE_BIT);
        hart.setX(S0, 0x200000);
        board.deviceValue = 5;
        board.whenRead = () -> hart.setInterrupt(11, true);
        hart.run(10);
        assertEquals(CODE + 4, read(Csr.MEPC));
        assertEquals(5, hart.x(A0));
        assertEquals(0, hart.x(A1));
    }

    @Test
    void aStoreOverTheNextInstructionIsSeenByIt() {
        overwritesTheNext(Assembler.sw(T0, T1, 0));
    }

    @Test
    void anAtomicOverTheNextInstructionIsSeenByIt() {
        int swapWord = Assembler.r(0x2f, 2, 4, ZERO, T1, T0);
        overwritesTheNext(swapWord);
    }

    /** With {@code write}, which puts T0 where T1 points. */
    private void overwritesTheNext(int write) {
        program(write, Assembler.addi(A0, A0, 1), Assembler.WFI);
        hart.setX(T0, Assembler.addi(A0, A0, 16));
        hart.setX(T1, CODE + 4);
        hart.run(2);
        assertEquals(16, hart.x(A0));
    }

    @Test
    void accessOutsideEverythingFaultsPrecisely() {
        program(Assembler.addi(A0, A0, 1), Assembler.ld(A1, S0, 8), Assembler.addi(A0, A0, 1));
        hart.setX(S0, 0x5000_0000);
        assertEquals(2, hart.run(2));
        assertEquals(1, hart.x(A0));
        assertEquals(5, read(Csr.MCAUSE));
        assertEquals(0x5000_0008, read(Csr.MTVAL));
        assertEquals(CODE + 4, read(Csr.MEPC));
    }
}
