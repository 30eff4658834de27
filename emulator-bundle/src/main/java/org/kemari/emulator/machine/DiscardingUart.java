package org.kemari.emulator.machine;

import java.util.Arrays;
import org.kemari.api.device.Device;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * A UART that is always ready to send and sends nowhere, so that a rehearsed guest gets past its console. It has the
 * registers of a 16550 as plain memory and raises no interrupt.
 */
final class DiscardingUart implements Device {
    private static final int REGISTERS = 8;
    private static final int IIR = 2;
    private static final int IIR_NO_INTERRUPT = 0x01;
    private static final int LSR = 5;
    /** Transmitter and holding register are empty. */
    private static final int LSR_READY = 0x60;

    private final byte[] registers = new byte[REGISTERS];

    @Override
    public long read(int offset, int sizeBytes) {
        switch (offset) {
            case 0:
                return 0;
            case IIR:
                return IIR_NO_INTERRUPT;
            case LSR:
                return LSR_READY;
            default:
                return offset < REGISTERS ? registers[offset] & 0xff : 0;
        }
    }

    @Override
    public void write(int offset, int sizeBytes, long value) {
        if (offset < REGISTERS) {
            registers[offset] = (byte) value;
        }
    }

    @Override
    public void accept(Input.ForDevice input) {
        // Nobody types here.
    }

    @Override
    public void reset() {
        Arrays.fill(registers, (byte) 0);
    }

    @Override
    public void save(StateWriter out) {
        out.putBytes("registers", registers);
    }

    @Override
    public void restore(StateReader in) throws StateFormatException {
        byte[] saved = in.getBytes("registers");
        System.arraycopy(saved, 0, registers, 0, Math.min(saved.length, REGISTERS));
    }

    @Override
    public void goLive() {
        // It has no port.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
