package org.kemari.emulator.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.kemari.api.device.GuestAddressException;
import org.kemari.emulator.ram.Ram;

/** The least around harts: RAM, the test finisher, and time that counts instructions. */
final class BareBoard implements Mmio, HartEnvironment {
    static final long FINISHER = 0x100000;

    final Ram ram;
    final Hart[] harts;
    private final BusFault fault = new BusFault();

    /** What was last written to the finisher; 0 if nothing was. */
    int finished;

    /** What the next reads of 0x200000 give, and how often that was read. */
    long deviceValue;

    int deviceReads;

    /** What such a read brings about. */
    Runnable whenRead = () -> {};

    BareBoard(long ramBytes, int hartCount) {
        ram = new Ram(ramBytes);
        harts = new Hart[hartCount];
        for (int i = 0; i < hartCount; i++) {
            harts[i] = new Hart(i, hartCount, ram, this, this);
            harts[i].reset(Ram.BASE, PrivilegeMode.MACHINE, i, 0);
        }
    }

    Hart hart() {
        return harts[0];
    }

    /** The first hart's state and what is in RAM, as text: the same for the same. */
    String everything() {
        StringBuilder all = new StringBuilder(StateMap.of(hart()).text());
        byte[] page = new byte[Ram.PAGE_BYTES];
        for (long i = 0; i < ram.pageCount(); i++) {
            ram.read(i, page, 0);
            all.append("page ")
                    .append(i)
                    .append(' ')
                    .append(Arrays.hashCode(page))
                    .append('\n');
        }
        return all.toString();
    }

    @Override
    public long read(long address, int sizeBytes) throws BusFault {
        if (address == 0x200000) {
            deviceReads++;
            whenRead.run();
            return deviceValue;
        }
        throw fault;
    }

    @Override
    public void write(long address, int sizeBytes, long value) throws BusFault {
        if (address != FINISHER) {
            throw fault;
        }
        finished = (int) value;
        for (Hart hart : harts) {
            hart.requestStop();
        }
    }

    @Override
    public long time(Hart hart) {
        return hart.instructions() / 10;
    }

    @Override
    public boolean supervisorCall(Hart hart) {
        return false;
    }

    @Override
    public void timerCompareWritten(Hart hart) {
        hart.setInterrupt(5, hart.sstcEnabled() && Long.compareUnsigned(time(hart), hart.stimecmp()) >= 0);
    }

    /** Loads the segments of a 64-bit ELF; returns its entry. */
    long load(byte[] elf) throws GuestAddressException {
        ByteBuffer in = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        long table = in.getLong(32);
        int size = in.getShort(54);
        for (int i = 0; i < in.getShort(56); i++) {
            int at = (int) table + i * size;
            if (in.getInt(at) == 1) {
                ram.write(in.getLong(at + 24), elf, (int) in.getLong(at + 8), (int) in.getLong(at + 32));
            }
        }
        return in.getLong(24);
    }
}
