package org.kemari.emulator.machine;

import org.kemari.emulator.board.MemoryMap;

/** Says bytes by the board's UART as a firmware would, by its transmit holding register. */
final class UartConsole {
    private static final int THR = 0;
    private static final int LCR = 3;
    private static final int LCR_DLAB = 0x80;

    private UartConsole() {}

    static void write(DeviceSlot uart, byte[] bytes) {
        long lineControl = uart.read(MemoryMap.UART + LCR, 1) & 0xff;
        boolean latched = (lineControl & LCR_DLAB) != 0;
        if (latched) {
            uart.write(MemoryMap.UART + LCR, 1, lineControl & ~LCR_DLAB);
        }
        for (byte value : bytes) {
            uart.write(MemoryMap.UART + THR, 1, value & 0xff);
        }
        if (latched) {
            uart.write(MemoryMap.UART + LCR, 1, lineControl);
        }
    }
}
