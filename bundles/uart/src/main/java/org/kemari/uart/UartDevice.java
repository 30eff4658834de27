package org.kemari.uart;

import org.kemari.api.device.Device;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.ports.CharPort;

/**
 * Registers of a 16550A. The transmitter takes no time: what is written is said at once, so LSR always shows it empty.
 * The receiver's FIFO is the front of the input that waits on the line; it cannot overrun, because the line waits.
 */
final class UartDevice implements Device {
    private static final int STATE_VERSION = 1;

    // Registers (PC16550D §8.0, table II), by offset.
    private static final int RBR_THR_DLL = 0;
    private static final int IER_DLM = 1;
    private static final int IIR_FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    // Interrupt enable register (§8.7).
    private static final int IER_RECEIVED = 0x01;
    private static final int IER_TRANSMITTER = 0x02;
    private static final int IER_LINE = 0x04;
    private static final int IER_MODEM = 0x08;

    // Interrupt identification register (§8.6, table IV).
    private static final int IIR_NONE = 0x01;
    private static final int IIR_MODEM = 0x00;
    private static final int IIR_TRANSMITTER = 0x02;
    private static final int IIR_RECEIVED = 0x04;
    private static final int IIR_LINE = 0x06;
    private static final int IIR_TIMEOUT = 0x0C;
    private static final int IIR_FIFO_ENABLED = 0xC0;

    // FIFO control register (§8.5).
    private static final int FCR_ENABLE = 0x01;
    private static final int FCR_CLEAR_RECEIVER = 0x02;
    private static final int FCR_CLEAR_BITS = 0x06;
    private static final int[] TRIGGER_LEVELS = {1, 4, 8, 14};

    private static final int LCR_DIVISOR_LATCH = 0x80;

    // Modem control (§8.8) and status (§8.9).
    private static final int MCR_DTR = 0x01;
    private static final int MCR_RTS = 0x02;
    private static final int MCR_OUT1 = 0x04;
    private static final int MCR_OUT2 = 0x08;
    private static final int MCR_LOOP = 0x10;
    private static final int MCR_BITS = 0x1F;
    private static final int MSR_CTS = 0x10;
    private static final int MSR_DSR = 0x20;
    private static final int MSR_RI = 0x40;
    private static final int MSR_DCD = 0x80;
    private static final int MSR_DELTAS = 0x0F;
    private static final int MSR_DELTA_RI = 0x04;

    // Line status register (§8.4).
    private static final int LSR_DATA_READY = 0x01;
    private static final int LSR_OVERRUN = 0x02;
    private static final int LSR_TRANSMITTER_EMPTY = 0x60;

    private final CharPort port;
    private final InterruptLine interrupt;
    private UartState state = new UartState();
    private boolean live;

    UartDevice(CharPort port, InterruptLine interrupt) {
        this.port = port;
        this.interrupt = interrupt;
    }

    @Override
    public long read(int offset, int sizeBytes) {
        int value = switch (offset) {
            case RBR_THR_DLL -> divisorLatch() ? state.divisor & 0xFF : receive();
            case IER_DLM -> divisorLatch() ? state.divisor >> 8 : state.interruptEnable;
            case IIR_FCR -> identifyInterrupt();
            case LCR -> state.lineControl;
            case MCR -> state.modemControl;
            case LSR -> lineStatus();
            case MSR -> modemStatus();
            case SCR -> state.scratch;
            default -> 0;
        };
        driveInterrupt();
        return value;
    }

    @Override
    public void write(int offset, int sizeBytes, long value) {
        int written = (int) value & 0xFF;
        switch (offset) {
            case RBR_THR_DLL -> {
                if (divisorLatch()) {
                    state.divisor = state.divisor & 0xFF00 | written;
                } else {
                    transmit(written);
                }
            }
            case IER_DLM -> {
                if (divisorLatch()) {
                    state.divisor = state.divisor & 0xFF | written << 8;
                } else {
                    enableInterrupts(written & 0x0F);
                }
            }
            case IIR_FCR -> controlFifo(written);
            case LCR -> state.lineControl = written;
            case MCR -> controlModem(written & MCR_BITS);
            case SCR -> state.scratch = written;
            default -> {
                // LSR and MSR are for reading (§8.4, §8.9); beyond SCR there is nothing.
            }
        }
        driveInterrupt();
    }

    private boolean divisorLatch() {
        return (state.lineControl & LCR_DIVISOR_LATCH) != 0;
    }

    private boolean loopback() {
        return (state.modemControl & MCR_LOOP) != 0;
    }

    /**
     * How many bytes the receiver's FIFO holds. A driver that speaks modem control and has not asserted RTS yet is
     * setting the UART up, and throws away what it finds there: the line keeps its bytes until then, so that piped
     * input survives. Firmware that leaves MCR alone is given them at once.
     */
    private int received() {
        if (loopback()) {
            return state.looped.size();
        }
        int lines = state.modemControl & (MCR_DTR | MCR_RTS | MCR_OUT2);
        if (lines != 0 && (lines & MCR_RTS) == 0) {
            return 0;
        }
        return Math.min(state.pending.size(), fifoSize());
    }

    private int fifoSize() {
        return (state.fifoControl & FCR_ENABLE) != 0 ? UartState.FIFO_BYTES : 1;
    }

    private int receive() {
        if (received() == 0) {
            return 0;
        }
        if (loopback()) {
            return state.looped.take();
        }
        port.consumed(1);
        return state.pending.take();
    }

    private void transmit(int value) {
        if (loopback()) {
            if (state.looped.size() < fifoSize()) {
                state.looped.add(new byte[] {(byte) value});
            } else {
                state.overrun = true;
            }
        } else {
            port.write(new byte[] {(byte) value});
        }
        // The holding register was full for no time at all: it is empty again, which is a new interrupt (§8.6).
        state.transmitterEmptied = true;
    }

    private void enableInterrupts(int enable) {
        // Enabling the transmitter's interrupt while the register is empty raises it; drivers test for that.
        if ((enable & IER_TRANSMITTER) != 0 && (state.interruptEnable & IER_TRANSMITTER) == 0) {
            state.transmitterEmptied = true;
        }
        state.interruptEnable = enable;
    }

    private int pendingInterrupt() {
        int enable = state.interruptEnable;
        if ((enable & IER_LINE) != 0 && state.overrun) {
            return IIR_LINE;
        }
        if ((enable & IER_RECEIVED) != 0 && received() > 0) {
            boolean triggered =
                    (state.fifoControl & FCR_ENABLE) == 0 || received() >= TRIGGER_LEVELS[state.fifoControl >> 6 & 3];
            // Below the trigger level it is the character timeout (§8.6): here without the wait of four characters.
            return triggered ? IIR_RECEIVED : IIR_TIMEOUT;
        }
        if ((enable & IER_TRANSMITTER) != 0 && state.transmitterEmptied) {
            return IIR_TRANSMITTER;
        }
        if ((enable & IER_MODEM) != 0 && (state.modemDeltas & MSR_DELTAS) != 0) {
            return IIR_MODEM;
        }
        return IIR_NONE;
    }

    private int identifyInterrupt() {
        int pending = pendingInterrupt();
        if (pending == IIR_TRANSMITTER) {
            // Reading IIR as its source clears it (table IV).
            state.transmitterEmptied = false;
        }
        return pending | ((state.fifoControl & FCR_ENABLE) != 0 ? IIR_FIFO_ENABLED : 0);
    }

    private void controlFifo(int written) {
        if ((written & FCR_CLEAR_RECEIVER) != 0) {
            for (int left = received(); left > 0; left--) {
                receive();
            }
        }
        state.fifoControl = (written & FCR_ENABLE) != 0 ? written & ~FCR_CLEAR_BITS : 0;
    }

    private void controlModem(int written) {
        int before = modemLines();
        state.modemControl = written;
        int changed = (before ^ modemLines()) >> 4;
        // TERI is the trailing edge only: RI going away (§8.9).
        if ((changed & MSR_DELTA_RI) != 0 && (modemLines() & MSR_RI) != 0) {
            changed &= ~MSR_DELTA_RI;
        }
        state.modemDeltas |= changed & MSR_DELTAS;
        if (!loopback()) {
            state.looped.clear();
        }
    }

    /** A line that is always ready; in loopback the modem's outputs are its inputs (§8.8). */
    private int modemLines() {
        if (!loopback()) {
            return MSR_CTS | MSR_DSR | MSR_DCD;
        }
        int control = state.modemControl;
        return ((control & MCR_RTS) != 0 ? MSR_CTS : 0)
                | ((control & MCR_DTR) != 0 ? MSR_DSR : 0)
                | ((control & MCR_OUT1) != 0 ? MSR_RI : 0)
                | ((control & MCR_OUT2) != 0 ? MSR_DCD : 0);
    }

    private int modemStatus() {
        int value = modemLines() | state.modemDeltas;
        state.modemDeltas = 0;
        return value;
    }

    private int lineStatus() {
        int value = LSR_TRANSMITTER_EMPTY | (received() > 0 ? LSR_DATA_READY : 0) | (state.overrun ? LSR_OVERRUN : 0);
        state.overrun = false;
        return value;
    }

    private void driveInterrupt() {
        interrupt.set(pendingInterrupt() != IIR_NONE);
    }

    @Override
    public void accept(Input.ForDevice input) {
        if (input instanceof Input.BytesReceived typed) {
            int taken = state.pending.add(typed.bytes());
            port.consumed(typed.bytes().length - taken);
            driveInterrupt();
        }
    }

    @Override
    public void reset() {
        port.consumed(state.pending.size());
        state = new UartState();
        driveInterrupt();
    }

    @Override
    public void save(StateWriter out) {
        state.save(out.section("uart", STATE_VERSION));
    }

    @Override
    public void restore(StateReader in) throws StateFormatException {
        StateReader section = in.section("uart");
        if (section.version() != STATE_VERSION) {
            throw new StateFormatException("uart: version " + section.version() + " of the saved state is not known; "
                    + "this bundle reads version " + STATE_VERSION);
        }
        state = UartState.read(section);
        if (live) {
            port.goLive(state.pending.size());
        }
        driveInterrupt();
    }

    @Override
    public void goLive() {
        live = true;
        port.goLive(state.pending.size());
        driveInterrupt();
    }

    @Override
    public void close() {
        port.close();
    }
}
