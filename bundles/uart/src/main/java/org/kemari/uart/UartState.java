package org.kemari.uart;

import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.ports.PendingBytes;

/** All that a UART remembers. Plain fields, as after power-on. */
final class UartState {
    static final int FIFO_BYTES = 16;

    int interruptEnable;
    int fifoControl;
    int lineControl;
    int modemControl;
    int modemDeltas;
    int scratch;
    int divisor = 1;

    /** The transmitter's interrupt is pending, if it is enabled. */
    boolean transmitterEmptied;

    boolean overrun;

    /** What came in on the line and was not read; its front is the receiver's FIFO. */
    PendingBytes pending = new PendingBytes();

    /** The receiver's FIFO in loopback. */
    PendingBytes looped = new PendingBytes();

    void save(StateWriter out) {
        out.putInt("interruptEnable", interruptEnable);
        out.putInt("fifoControl", fifoControl);
        out.putInt("lineControl", lineControl);
        out.putInt("modemControl", modemControl);
        out.putInt("modemDeltas", modemDeltas);
        out.putInt("scratch", scratch);
        out.putInt("divisor", divisor);
        out.putBoolean("transmitterEmptied", transmitterEmptied);
        out.putBoolean("overrun", overrun);
        pending.save(out, "pending");
        looped.save(out, "looped");
    }

    static UartState read(StateReader in) throws StateFormatException {
        UartState state = new UartState();
        state.interruptEnable = in.getInt("interruptEnable") & 0x0F;
        state.fifoControl = in.getInt("fifoControl") & 0xFF;
        state.lineControl = in.getInt("lineControl") & 0xFF;
        state.modemControl = in.getInt("modemControl") & 0x1F;
        state.modemDeltas = in.getInt("modemDeltas") & 0x0F;
        state.scratch = in.getInt("scratch") & 0xFF;
        state.divisor = in.getInt("divisor") & 0xFFFF;
        state.transmitterEmptied = in.getBoolean("transmitterEmptied");
        state.overrun = in.getBoolean("overrun");
        state.pending = PendingBytes.read(in, "pending");
        state.looped = PendingBytes.read(in, "looped");
        return state;
    }
}
