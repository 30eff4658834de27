package org.kemari.emulator.machine;

import org.kemari.emulator.board.MemoryMap;
import org.kemari.emulator.cpu.BusFault;
import org.kemari.emulator.cpu.Mmio;

/** Finds who answers at an address outside RAM. An exception out of a device is our fault and fails this VM only. */
final class SystemBus implements Mmio {
    /** Finisher commands (SiFive test device). */
    private static final int FINISH_FAIL = 0x3333;

    private static final int FINISH_PASS = 0x5555;
    private static final int FINISH_RESET = 0x7777;

    private static final BusFault NOBODY = new BusFault();

    private final VirtBoard board;

    SystemBus(VirtBoard board) {
        this.board = board;
    }

    @Override
    public long read(long address, int sizeBytes) throws BusFault {
        DeviceSlot slot = board.slotAt(address);
        if (slot != null) {
            try {
                return slot.read(address, sizeBytes);
            } catch (RuntimeException e) {
                board.fail("device " + slot.name() + " failed in a register read", e);
                return 0;
            }
        }
        if (within(address, MemoryMap.PLIC, MemoryMap.PLIC_BYTES)) {
            return board.plic().read((int) (address - MemoryMap.PLIC), sizeBytes);
        }
        if (within(address, MemoryMap.CLINT, MemoryMap.CLINT_BYTES)) {
            return board.clint().read((int) (address - MemoryMap.CLINT), sizeBytes, board.ticks());
        }
        if (within(address, MemoryMap.RTC, MemoryMap.RTC_BYTES)) {
            return board.rtc().read((int) (address - MemoryMap.RTC), board.realtimeNanos());
        }
        if (within(address, MemoryMap.FINISHER, MemoryMap.FINISHER_BYTES)) {
            return 0;
        }
        throw NOBODY;
    }

    @Override
    public void write(long address, int sizeBytes, long value) throws BusFault {
        DeviceSlot slot = board.slotAt(address);
        if (slot != null) {
            try {
                slot.write(address, sizeBytes, value);
            } catch (RuntimeException e) {
                board.fail("device " + slot.name() + " failed in a register write", e);
            }
        } else if (within(address, MemoryMap.PLIC, MemoryMap.PLIC_BYTES)) {
            board.plic().write((int) (address - MemoryMap.PLIC), sizeBytes, value);
        } else if (within(address, MemoryMap.CLINT, MemoryMap.CLINT_BYTES)) {
            board.clint().write((int) (address - MemoryMap.CLINT), sizeBytes, value, board.ticks());
            board.planTimers();
        } else if (within(address, MemoryMap.RTC, MemoryMap.RTC_BYTES)) {
            board.rtc().write((int) (address - MemoryMap.RTC), value, board.realtimeNanos());
        } else if (within(address, MemoryMap.FINISHER, MemoryMap.FINISHER_BYTES)) {
            if (address == MemoryMap.FINISHER) {
                finish((int) value);
            }
        } else {
            throw NOBODY;
        }
    }

    private void finish(int command) {
        switch (command & 0xffff) {
            case FINISH_PASS:
                board.end(0, "the guest powered off");
                break;
            case FINISH_RESET:
                board.end(VirtBoard.EXIT_RESET, "the guest asked for a reset");
                break;
            case FINISH_FAIL:
                board.end(command >>> 16, "the guest reported failure " + (command >>> 16));
                break;
            default:
                break;
        }
    }

    private static boolean within(long address, long base, long lengthBytes) {
        return address >= base && address < base + lengthBytes;
    }
}
