package org.kemari.emulator.sbi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.kemari.emulator.cpu.BusFault;
import org.kemari.emulator.cpu.Hart;
import org.kemari.emulator.cpu.HartEnvironment;
import org.kemari.emulator.cpu.Mmio;
import org.kemari.emulator.cpu.PrivilegeMode;
import org.kemari.emulator.ram.Ram;

class SupervisorBinaryInterfaceTest {
    private static final long BASE = 0x10;
    private static final long TIME = 0x54494d45;
    private static final long IPI = 0x735049;
    private static final long RFENCE = 0x52464e43;
    private static final long HSM = 0x48534d;
    private static final long SRST = 0x53525354;
    private static final long DBCN = 0x4442434e;

    private final Board board = new Board();
    private final SupervisorBinaryInterface sbi = new SupervisorBinaryInterface(board);

    /** Two harts, the second stopped. */
    private static final class Board implements SbiPlatform, HartEnvironment, Mmio {
        private final Ram ram = new Ram(1 << 20);
        private final Hart[] harts = {new Hart(0, 2, ram, this, this), new Hart(1, 2, ram, this, this)};
        private final boolean[] stopped = {false, true};
        private byte[] said = new byte[0];
        private OptionalInt ended = OptionalInt.empty();
        private int timerChanges;

        @Override
        public int hartCount() {
            return harts.length;
        }

        @Override
        public Hart hart(int id) {
            return harts[id];
        }

        @Override
        public boolean hartStopped(int id) {
            return stopped[id];
        }

        @Override
        public void stopHart(int id, boolean stop) {
            stopped[id] = stop;
        }

        @Override
        public Ram ram() {
            return ram;
        }

        @Override
        public void timersChanged() {
            timerChanges++;
        }

        @Override
        public void console(byte[] bytes) {
            said = bytes;
        }

        @Override
        public void end(int exitCode, String reason) {
            ended = OptionalInt.of(exitCode);
        }

        @Override
        public long time(Hart hart) {
            return 0;
        }

        @Override
        public boolean supervisorCall(Hart hart) {
            return false;
        }

        @Override
        public void timerCompareWritten(Hart hart) {}

        @Override
        public long read(long address, int sizeBytes) throws BusFault {
            throw new BusFault();
        }

        @Override
        public void write(long address, int sizeBytes, long value) throws BusFault {
            throw new BusFault();
        }
    }

    private long call(long extension, long function, long... arguments) {
        Hart hart = board.hart(0);
        for (int i = 0; i < 3; i++) {
            hart.setX(10 + i, i < arguments.length ? arguments[i] : 0);
        }
        hart.setX(16, function);
        hart.setX(17, extension);
        assertTrue(sbi.call(hart));
        return hart.x(10);
    }

    @Test
    void theBaseExtensionTellsVersionTwoAndWhatThereIs() {
        assertEquals(0, call(BASE, 0));
        assertEquals(0x02000000, board.hart(0).x(11));
        for (long present : new long[] {TIME, IPI, RFENCE, HSM, SRST, DBCN}) {
            call(BASE, 3, present);
            assertEquals(1, board.hart(0).x(11));
        }
        call(BASE, 3, 0x504d55);
        assertEquals(0, board.hart(0).x(11));
        assertEquals(-2, call(0x504d55, 0));
    }

    @Test
    void aHartIsStartedOnceAtAnAddressInRam() {
        assertEquals(-3, call(HSM, 0, 2, Ram.BASE, 0));
        assertEquals(-5, call(HSM, 0, 1, 0x1000, 0));
        assertEquals(0, call(HSM, 2, 1));
        assertEquals(1, board.hart(0).x(11));
        assertEquals(0, call(HSM, 0, 1, Ram.BASE + 64, 99));
        assertFalse(board.stopped[1]);
        assertEquals(Ram.BASE + 64, board.hart(1).pc());
        assertEquals(PrivilegeMode.SUPERVISOR, board.hart(1).mode());
        assertEquals(1, board.hart(1).x(10));
        assertEquals(99, board.hart(1).x(11));
        assertEquals(-6, call(HSM, 0, 1, Ram.BASE, 0));
    }

    @Test
    void timersAreKeptUntilTheGuestProgramsItsOwn() {
        assertEquals(0, call(TIME, 0, 1234));
        assertEquals(1234, sbi.timer(0));
        assertEquals(1, board.timerChanges);
        sbi.timerCompareWritten(0);
        assertEquals(-1, sbi.timer(0));
    }

    @Test
    void aHartMaskBeyondTheHartsIsInvalid() {
        assertEquals(0, call(IPI, 0, 3, 0));
        assertEquals(0, call(IPI, 0, 0, -1));
        assertEquals(-3, call(IPI, 0, 4, 0));
        assertEquals(-3, call(IPI, 0, 1, 2));
        assertEquals(0, call(RFENCE, 1, 1, 1));
        assertEquals(-2, call(RFENCE, 5, 1, 0));
    }

    @Test
    void theDebugConsoleTakesBytesFromRamOnly() throws Exception {
        byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
        board.ram.write(Ram.BASE + 4090, text, 0, text.length);
        assertEquals(0, call(DBCN, 0, text.length, Ram.BASE + 4090, 0));
        assertEquals(text.length, board.hart(0).x(11));
        assertArrayEquals(text, board.said);
        assertEquals(-3, call(DBCN, 0, 5, 0x1000, 0));
        assertEquals(-3, call(DBCN, 0, 5, Ram.BASE, 1));
        assertEquals(0, call(DBCN, 1, 5, Ram.BASE, 0));
        assertEquals(0, board.hart(0).x(11));
    }

    @Test
    void aSystemResetEndsTheMachineWithItsKind() {
        call(SRST, 0, 0, 0);
        assertEquals(OptionalInt.of(0), board.ended);
        call(SRST, 0, 1, 0);
        assertEquals(OptionalInt.of(2), board.ended);
        assertEquals(-3, call(SRST, 0, 77, 0));
    }
}
